"""Kill switches: turned on and off by a person with a reason, for the whole ledger. No SQL, no printing."""

from difflib import get_close_matches

from arctl.core.acting import Acting
from arctl.core.events import Happening
from arctl.core.kill import STOPS, Switch, SwitchShown, switch_named
from arctl.errors import Refused, UnknownId, UsageError
from arctl.store import events, kill
from arctl.store.ledger import Ledger

_LONGEST_REASON = 500


def status(ledger: Ledger, name: str | None = None) -> list[SwitchShown]:
    """Every switch, or the one of that name, with or without `kill:`. Raises UnknownId."""
    wanted = None if name is None else _named(name)
    return [
        SwitchShown(each, STOPS[each.name], kill.waiting(ledger.connection, each.name))
        for each in kill.switches(ledger.connection)
        if wanted in (None, each.name)
    ]


def turn(ledger: Ledger, name: str, is_on: bool, reason: str, acting: Acting) -> SwitchShown:
    """Turn a switch on or off, with its event. Raises UnknownId, UsageError (no reason), Refused where it stands so already."""
    wanted = _named(name)
    said = reason.strip()
    if not said or not said.isprintable() or len(said) > _LONGEST_REASON:
        raise UsageError(f"--reason takes 1 to {_LONGEST_REASON} printable characters")
    with ledger.transaction() as connection:
        before = next(each for each in kill.switches(connection) if each.name == wanted)
        if before.is_on == is_on:
            raise Refused(
                before.told if before.at else f"kill:{wanted} is off already; nobody ever turned it on",
                "`arctl kill status` shows every switch",
            )
        step = kill.turn(connection, wanted, is_on, said, acting)
        what = "on" if is_on else "off"
        happening = Happening(
            f"workflow.kill_{what}", f"kill/{wanted}/{step}", "kill_switch", wanted, acting.on, None,
            {"reason": said, "os_user": acting.os_user, "step": step},
        )  # fmt: skip
        events.append(connection, ledger.tenant_id, [happening], acting.at, acting.actor)
        waiting = kill.waiting(connection, wanted)
    return SwitchShown(Switch(wanted, is_on, said, acting.actor, acting.at), STOPS[wanted], waiting)


def _named(text: str) -> str:
    try:
        return switch_named(text)
    except ValueError as unknown:
        close = get_close_matches(text.lower().removeprefix("kill:"), STOPS, n=1)
        hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(STOPS)}"
        raise UnknownId(str(unknown), hint) from None
