"""The other side of every ratio: plain sqlite3 on the same rows, as fast as we could make it by hand."""
