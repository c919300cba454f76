"""What the dunning rules look at: each account with its open items, credit, terms and what was done before. Asks, never writes."""

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from arctl.core.dates import day_number, from_day_number
from arctl.core.dunning import DunningTerms
from arctl.core.dunning_config import resolve, terms_of
from arctl.core.dunning_facts import OLDEST_FIRST, Account, Covered, Credit, DunningItem, ItemKey
from arctl.store import books, dunning_config
from arctl.store.aging import OPEN

_ONLY = re.compile(r"\{only ([a-z_.]+)\}")


class _Contact(NamedTuple):
    contacts: int = 0
    last_on: str | None = None
    tier: str | None = None
    email: str | None = None


class _Decided(NamedTuple):
    placements: frozenset[tuple[str, int]] = frozenset()
    cash: str | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whose accounts are asked for, as of which day; `only` are the customers' keys as JSON, None is everybody."""

    connection: sqlite3.Connection
    tenant: int
    company: int
    day: date
    only: str | None

    def rows(self, sql: str) -> sqlite3.Cursor:
        """The answer to a question, which binds :tenant, :company, :day (a number) and :on (ISO); where it says {only COLUMN} it is
        narrowed to the customers asked for by the column of their keys."""
        only = "" if self.only is None else r" AND \1 IN (SELECT value FROM json_each(:only))"
        return self.connection.execute(
            _ONLY.sub(only, sql),
            {
                "tenant": self.tenant,
                "company": self.company,
                "day": day_number(self.day),
                "on": self.day.isoformat(),
                "only": self.only,
            },
        )


def accounts(
    connection: sqlite3.Connection, tenant: int, company_id: int, day: date, customers: Sequence[int] | None = None
) -> list[Account]:
    """The company's accounts at the end of a day, by customer id and currency.

    Everybody's: those with an item due by then. Of customers named by key: every account they have, be nothing open on it.
    """
    asked = _Asked(connection, tenant, company_id, day, None if customers is None else json.dumps(list(customers)))
    items, credits = _items(asked)
    _credits(asked, credits)
    covered = _covered(asked)
    contacts, snoozed, decided = _contacts(asked), _snoozed(asked), _decided(asked)
    latest = _latest(contacts)
    terms = _Terms(connection, tenant)
    on, found = day.isoformat(), []
    for account, currency, on_hold, key, id, name, email, rep, rep_email in _owners(asked):
        open_items = sorted(items.get(account, ()), key=OLDEST_FIRST)
        if customers is None and not (open_items and open_items[0].due_date <= on):
            continue
        ours = key, currency
        contact, done = contacts.get(ours, _Contact()), decided.get(ours, _Decided())
        found.append(
            Account(
                key,
                id,
                name,
                email,
                rep,
                rep_email,
                currency,
                items=tuple(open_items),
                unapplied=tuple(sorted(credits.get(account, ()))),
                covered={item.key: covered[item.key] for item in open_items if item.key in covered} if covered else {},
                last_contact=latest.get(key),
                contacts=contact.contacts,
                last_tier=contact.tier,
                last_email=contact.email,
                terms=terms.of(key),
                on_hold=bool(on_hold),
                snoozed_until=snoozed.get(ours),
                last_contact_here=contact.last_on,
                placement_decided=done.placements,
                cash_task_facts=done.cash,
            )
        )
    return sorted(found, key=lambda each: (each.customer_id, each.currency))


class _Terms:
    """The terms in force by customer; those of a customer without a config of its own are the same for all."""

    def __init__(self, connection: sqlite3.Connection, tenant: int) -> None:
        self._settings = books.settings(connection, tenant)
        self._layers = dunning_config.layers(connection, tenant)
        self._default = terms_of(resolve(self._settings, self._layers.get(None, {})))

    def of(self, customer: int) -> DunningTerms:
        own = self._layers.get(customer)
        return terms_of(resolve(self._settings, self._layers.get(None, {}), own)) if own else self._default


def _owners(asked: _Asked) -> sqlite3.Cursor:
    """Account, currency, whether on hold, and whose it is."""
    return asked.rows(
        """
        SELECT a.account_id, a.currency,
               coalesce(c.entitystatus = 'hold', 0) OR EXISTS (SELECT 1 FROM customer_holds AS h
                 WHERE h.tenant_id = a.tenant_id AND h.customer_key = a.customer_key AND h.released_at IS NULL),
               c.customer_key, c.id, c.name, nullif(c.email, ''), c.sales_rep, nullif(c.sales_rep_email, '')
          FROM ar_accounts AS a NOT INDEXED
          CROSS JOIN erp_customers AS c ON c.tenant_id = a.tenant_id AND c.customer_key = a.customer_key
         WHERE a.tenant_id = :tenant AND a.company_id = :company{only a.customer_key}
        """,
    )


def _items(asked: _Asked) -> tuple[dict[int, list[DunningItem]], defaultdict[int, list[Credit]]]:
    """Open items by account, and the excess of over-applied invoices, which is credit."""
    items: defaultdict[int, list[DunningItem]] = defaultdict(list)
    credits: defaultdict[int, list[Credit]] = defaultdict(list)
    rows = asked.rows(
        f"""
        SELECT o.account_id, i.disputed, o.invoice_key, i.id, o.installment, coalesce(nullif(i.tranid, ''), i.id),
               coalesce(i.otherrefnum, ''), i.invoice_date, o.due_day, iif(o.raw_cents < 0, o.raw_cents, {OPEN}) AS cents
          FROM ar_open_items AS o
          CROSS JOIN erp_invoices AS i ON i.tenant_id = o.tenant_id AND i.invoice_key = o.invoice_key
         WHERE o.day = :day AND o.tenant_id = :tenant AND o.company_id = :company{{only o.customer_key}}
           AND (cents > 0 OR (cents < 0 AND o.flags >= 8))
        """,
    )
    for account, disputed, key, id, installment, number, po, invoiced, due, cents in rows:
        if cents < 0:
            credits[account].append(Credit("invoice", id, -cents))
        else:
            items[account].append(
                DunningItem(key, id, installment, number, po, invoiced, _iso(due), cents, disputed == "T")
            )
    return items, credits


@lru_cache(maxsize=8192)
def _iso(day: int) -> str:
    return from_day_number(day).isoformat()


def _credits(asked: _Asked, credits: defaultdict[int, list[Credit]]) -> None:
    """Add what is left of payments and credit memos."""
    for account, *credit in asked.rows(
        """
        SELECT o.account_id, s.source_type, s.id, o.left_cents
          FROM ar_open_credits AS o
          CROSS JOIN erp_sources AS s ON s.tenant_id = o.tenant_id AND s.source_key = o.source_key
         WHERE o.day = :day AND o.tenant_id = :tenant AND o.company_id = :company{only o.customer_key} AND o.left_cents <> 0
        """,
    ):
        credits[account].append(Credit(*credit))


def _covered(asked: _Asked) -> dict[ItemKey, Covered]:
    """How far dunning took the open items: by actions that are not failed or cancelled, and by decisions that none be."""
    if not asked.connection.execute("SELECT EXISTS (SELECT 1 FROM dunning_steps)").fetchone()[0]:
        return {}
    rows = asked.rows(
        """
        SELECT s.invoice_key, s.installment, max(s.step), max(s.bucket), max(s.on_day),
               coalesce(max(s.on_day) FILTER (WHERE s.action_id IS NULL) > max(s.on_day) FILTER (WHERE s.action_id IS NOT NULL),
                        max(s.action_id) IS NULL)
          FROM ar_open_items AS o
          CROSS JOIN dunning_steps AS s ON s.tenant_id = o.tenant_id AND s.invoice_key = o.invoice_key
                AND s.installment = o.installment
         WHERE o.day = :day AND o.tenant_id = :tenant AND o.company_id = :company{only o.customer_key} AND s.on_day <= :on
           AND (s.action_id IS NULL OR s.action_id NOT IN (SELECT a.action_id FROM collection_actions AS a
                 WHERE a.tenant_id = :tenant{only a.customer_key} AND a.execution_status IN ('failed', 'cancelled')))
         GROUP BY s.invoice_key, s.installment
        """,
    )
    return {
        (invoice, installment): Covered(step, bucket, on, bool(refused))
        for invoice, installment, step, bucket, on, refused in rows
    }


def _contacts(asked: _Asked) -> dict[tuple[int, str], _Contact]:
    """By customer and currency: how often, when last, and how firmly and where to the last letter went. A call that is planned
    is a contact on its day."""
    rows = asked.rows(
        """
        WITH latest AS (
          SELECT a.tenant_id, a.customer_key, a.currency, count(*) FILTER (WHERE a.execution_status <> 'planned') AS contacts,
                 max(a.action_date) AS last_on, max(a.action_id) FILTER (WHERE a.tier IS NOT NULL) AS action_id
            FROM collection_actions AS a
            CROSS JOIN collection_cases AS k ON k.tenant_id = a.tenant_id AND k.case_id = a.case_id
           WHERE a.tenant_id = :tenant AND k.company_id = :company{only a.customer_key} AND a.action_date <= :on
             AND a.action_type IN ('reminder_email', 'reminder_call', 'final_notice')
             AND a.execution_status IN ('planned', 'in_progress', 'executed')
           GROUP BY a.customer_key, a.currency)
        SELECT l.customer_key, l.currency, l.contacts, l.last_on, a.tier, json_extract(p.facts_json, '$.recipients[0]')
          FROM latest AS l
          LEFT JOIN collection_actions AS a ON a.tenant_id = l.tenant_id AND a.action_id = l.action_id
          LEFT JOIN proposed_actions AS p ON p.tenant_id = a.tenant_id AND p.id = a.proposal_id
        """,
    )
    return {(customer, currency): _Contact(*contact) for customer, currency, *contact in rows}


def _latest(contacts: Mapping[tuple[int, str], _Contact]) -> dict[int, str]:
    """The last day on which each customer heard from us, in whatever currency."""
    latest: dict[int, str] = {}
    for (customer, _), contact in contacts.items():
        if contact.last_on is not None:
            latest[customer] = max(contact.last_on, latest.get(customer, ""))
    return latest


def _snoozed(asked: _Asked) -> dict[tuple[int, str], str]:
    """By customer and currency, the first day on which it may be planned again."""
    rows = asked.rows(
        """
        SELECT z.customer_key, z.currency, max(z.until_day)
          FROM dunning_snoozes AS z
          CROSS JOIN proposed_actions AS p ON p.tenant_id = z.tenant_id AND p.id = z.proposal_id
         WHERE z.tenant_id = :tenant AND p.company_id = :company{only z.customer_key} AND z.until_day > :on
         GROUP BY z.customer_key, z.currency
        """,
    )
    return {(customer, currency): until for customer, currency, until in rows}


def _decided(asked: _Asked) -> dict[tuple[int, str], _Decided]:
    """By customer and currency, what people decided of placements and of tasks to apply cash first; one in an envelope that was
    turned down as a whole never became a proposal of its own."""
    kinds = "('agency_placement', 'apply_cash_first')"
    rows = asked.rows(
        f"""
        SELECT p.run_id, p.seq, p.customer_key, p.currency, p.action_type, p.facts_hash, p.facts_json
          FROM proposed_actions AS p
         WHERE p.tenant_id = :tenant AND p.company_id = :company{{only p.customer_key}} AND p.proposed_on <= :on
           AND p.action_type IN {kinds} AND p.status IN ('approved', 'applied', 'rejected')
        UNION ALL
        SELECT p.run_id, p.seq, p.customer_key, p.currency, p.action_type, p.facts_hash, p.facts_json
          FROM workflow_run_log AS r
          CROSS JOIN workflow_effects AS p ON p.tenant_id = r.tenant_id AND p.run_id = r.run_id
         WHERE r.tenant_id = :tenant AND r.company_id = :company{{only p.customer_key}} AND r.as_of <= :on AND r.status = 'rejected'
           AND p.action_type IN {kinds}
         ORDER BY 1, 2
        """,
    )
    decided: dict[tuple[int, str], _Decided] = {}
    for _, _, customer, currency, action, facts_hash, facts in rows:
        before = decided.get((customer, currency), _Decided())
        after = _Decided(before.placements, facts_hash)
        if action == "agency_placement":
            after = _Decided(before.placements | _named(facts), before.cash)
        decided[customer, currency] = after
    return decided


def _named(facts: str | None) -> frozenset[tuple[str, int]]:
    items: list[Any] = json.loads(facts).get("items", []) if facts else []
    return frozenset((item["invoice_id"], item["installment"]) for item in items)
