-- The baseline of every sync figure: sqlite3's own .import of the four files into bare TEXT tables.
-- Run inside the folder of the files: sqlite3 NEW.db < import.sql
.mode csv
.import customers.csv customers
.import customer_invoices.csv customer_invoices
.import customer_payments.csv customer_payments
.import payment_applications.csv payment_applications
