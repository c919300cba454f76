"""`arctl config`: read and change what is set once."""

import sys
from contextlib import closing
from typing import Annotated

import typer

from arctl.cli.context import globals_of, notify
from arctl.cli.options import Format, JsonFlag, OutputFormat, resolve_format
from arctl.cli.shell import GLOBAL_OPTIONS, new_app
from arctl.errors import UsageError
from arctl.render.settings import COLUMNS, change_line, settings_json, settings_rows, settings_sheet
from arctl.render.tables import write_csv, write_json, write_markdown, write_sheet
from arctl.render.text import visible
from arctl.services import settings
from arctl.store.books import Made
from arctl.store.ledger import open_ledger

app = new_app(
    "Read and change what is set once. What is set per company takes the global --company where there are several."
)

Key = Annotated[str, typer.Argument(help="A key that `arctl config list` shows.", show_default=False)]


@app.command()
def get(ctx: typer.Context, key: Key) -> None:
    """Print the value in force; an empty line where there is none."""
    options = globals_of(ctx)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        value = settings.get_setting(ledger, options.company, key)
    print(visible(value))
    if not value:
        notify(options, f"{key} is not set")


# Whatever stands after the key is its value, a dash in front or not: a usage error would repeat it, and it may be a
# password.
@app.command("set", context_settings={"ignore_unknown_options": True})
def set_(
    ctx: typer.Context,
    key: Key,
    value: Annotated[
        list[str], typer.Argument(help="Its new value, in quotes where it has blanks.", show_default=False)
    ],
) -> None:
    """Set a key."""
    option = next((each.partition("=")[0] for each in (key, *value) if each.partition("=")[0] in GLOBAL_OPTIONS), "")
    if option:
        raise UsageError(f"no such option: {option}", f"{option} stands before the command: arctl {option} … COMMAND")
    settings.refuse_secret(key, " ".join(value))
    if len(value) != 1:
        raise UsageError(f"{key} takes one value", "put a value with blanks into quotes")
    _change(ctx, key, value[0])


@app.command()
def unset(ctx: typer.Context, key: Key) -> None:
    """Let a key fall back to its default."""
    _change(ctx, key, None)


@app.command("list")
def list_(ctx: typer.Context, format: Format = None, json: JsonFlag = False) -> None:
    """Every key: value, where from, by whom and when."""
    options = globals_of(ctx)
    form = resolve_format(format, json)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        shown = settings.show_settings(ledger, options.company)
    if form is OutputFormat.JSON:
        write_json(settings_json(shown), sys.stdout)
    elif form is OutputFormat.CSV:
        write_csv(COLUMNS, settings_rows(shown), sys.stdout)
    elif form is OutputFormat.MD:
        write_markdown(settings_sheet(shown), sys.stdout)
    else:
        write_sheet(settings_sheet(shown), sys.stdout)


def _change(ctx: typer.Context, key: str, text: str | None) -> None:
    options = globals_of(ctx)
    made = Made(f"{options.now():%Y-%m-%d %H:%M:%S}", options.actor)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        print(visible(change_line(settings.change_setting(ledger, options.company, key, text, made))))
