import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from arctl.cli.context import system_user
from arctl.cli.options import OutputFormat, resolve_date, resolve_format
from arctl.cli.registry import COMMANDS
from arctl.cli.shell import build
from arctl.errors import UsageError
from tests.conftest import Arctl, process_environment

_FAKE_MAIN = """
import sys
from arctl.cli.app import main
from arctl.cli.registry import Registered
table = {
    "things": Registered("tests.cli.fake_commands", "Things that happen."),
    "greet": Registered("tests.cli.fake_one", "Greet somebody."),
    "absent": Registered("tests.cli.there_is_no_such_module", "Never imported."),
}
sys.exit(main(table=table))
"""

Ran = subprocess.CompletedProcess[str]


def fake(cwd: Path, *args: str, env: Mapping[str, str] | None = None, before: str = "") -> Ran:
    """Run the shell over the made-up commands, as a process."""
    return subprocess.run(
        [sys.executable, "-c", before + _FAKE_MAIN, *args],
        cwd=cwd,
        env=process_environment(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def outcome(ran: Ran) -> tuple[int, str, str]:
    return ran.returncode, ran.stdout, ran.stderr


def test_the_global_options_have_defaults(tmp_path: Path) -> None:
    ran = fake(tmp_path, "things", "show")

    assert outcome(ran) == (0, f"arctl.db {system_user()} default None table None\nUTC\n", "a note␛[31m\n")


def test_the_global_options_stand_before_the_command(tmp_path: Path) -> None:
    options = ["--db", "books.db", "--actor", "pat", "--tenant", "t2", "--company", "north", "--quiet"]
    ran = fake(tmp_path, *options, "things", "show", "--json", "--as-of", "2026-06")

    assert outcome(ran) == (0, "books.db pat t2 north json 2026-06\nUTC\n", "")


def test_the_environment_names_ledger_and_actor_and_an_option_wins(tmp_path: Path) -> None:
    env = {"ARCTL_DB": "~/env.db", "ARCTL_ACTOR": "robin", "HOME": "/somewhere"}

    assert fake(tmp_path, "things", "show", env=env).stdout.startswith("/somewhere/env.db robin ")
    assert fake(tmp_path, "--db", "x.db", "--actor", "pat", "things", "show", env=env).stdout.startswith("x.db pat ")


def test_an_actor_is_the_account_and_not_what_logname_claims(tmp_path: Path) -> None:
    ran = fake(tmp_path, "things", "show", env={"LOGNAME": "somebody-else", "USER": "somebody-else"})

    assert "somebody-else" not in ran.stdout


@pytest.mark.parametrize("option", ["--db", "--actor", "--tenant", "--company"])
def test_a_blank_global_option_is_refused(tmp_path: Path, option: str) -> None:
    ran = fake(tmp_path, option, " ", "things", "show")

    assert outcome(ran) == (2, "", f"error: {option} is empty\nhint: give it a value or leave it out\n")


def test_a_module_may_hold_one_function(tmp_path: Path) -> None:
    assert outcome(fake(tmp_path, "--actor", "pat", "greet", "Kim", "--level", "3")) == (0, "Kim at 3 by pat\n", "")


def test_only_the_invoked_command_is_imported(tmp_path: Path) -> None:
    helped = fake(tmp_path, "--help")

    assert helped.returncode == 0
    assert "absent  Never imported." in helped.stdout
    assert "No module named" in fake(tmp_path, "absent").stderr


@pytest.mark.parametrize(
    ("args", "error", "hint"),
    [
        (["thing", "show"], "no such command 'thing'", "did you mean 'things'?"),
        (["zzz"], "no such command 'zzz'", "run 'arctl --help' for the list of commands"),
        (["things", "shw"], "no such command 'shw'", "did you mean 'show'?"),
        (["--acto", "x", "things"], "no such option: --acto", "did you mean --actor?"),
        (["--xyz", "things"], "no such option: --xyz", "run 'arctl --help' for what it takes"),
        (
            ["things", "show", "--db", "x"],
            "no such option: --db",
            "--db stands before the command: arctl --db … COMMAND",
        ),
        (["greet"], "missing argument 'NAME'", "run 'arctl greet --help' for what it takes"),
        (
            ["greet", "Kim", "Lee"],
            "got unexpected extra argument(s) (Lee)",
            "run 'arctl greet --help' for what it takes",
        ),
        (
            ["greet", "Kim", "--level", "x"],
            "invalid value for '--level': 'x' is not a valid int",
            "run 'arctl greet --help' for what it takes",
        ),
        (
            ["things", "show", "--format", "xml"],
            "invalid value for '--format': 'xml' is not one of 'table', 'json', 'csv', 'md'",
            "run 'arctl things show --help' for what it takes",
        ),
        (
            ["things", "show", "--json", "--format", "csv"],
            "--json and --format csv ask for two formats",
            "keep one of them",
        ),
        (["--db"], "option '--db' requires an argument", "run 'arctl --help' for what it takes"),
    ],
)
def test_a_usage_error_is_two_lines_and_exit_2(tmp_path: Path, args: list[str], error: str, hint: str) -> None:
    assert outcome(fake(tmp_path, *args)) == (2, "", f"error: {error}\nhint: {hint}\n")


@pytest.mark.parametrize("args", [[], ["things"]])
def test_no_command_shows_the_help_on_stderr_and_is_a_usage_error(tmp_path: Path, args: list[str]) -> None:
    ran = fake(tmp_path, *args)

    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("Usage: arctl")


def test_an_error_of_arctl_is_shown_with_its_hint_and_its_exit_code(tmp_path: Path) -> None:
    ran = fake(tmp_path, "things", "refuse")

    # an escape sequence is harmless, and a line break in a value forges no line of its own
    assert outcome(ran) == (
        4,
        "",
        "error: the batch␛[2J is not approved\n  hint: forged\nhint: approve it first\n",
    )


def test_an_answer_stands_before_the_failure_that_follows_it(tmp_path: Path) -> None:
    assert outcome(fake(tmp_path, "things", "fail")) == (1, "the answer\n", "error: off by 0.01\n")


def test_a_command_may_return_its_exit_code(tmp_path: Path) -> None:
    assert outcome(fake(tmp_path, "things", "check")) == (1, "printed before\n", "")


def test_a_mistake_in_the_program_is_one_line(tmp_path: Path) -> None:
    line = "internal error: KeyError: 'no such\\nthing'; run again with --debug for the traceback\n"

    assert outcome(fake(tmp_path, "things", "crash")) == (70, "", line)


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    ran = fake(tmp_path, "--debug", "things", "crash")

    assert ran.returncode == 70
    assert ran.stderr.startswith("Traceback (most recent call last):\n")
    assert "fake_commands.py" in ran.stderr
    assert ran.stderr.endswith("internal error: KeyError: 'no such\\nthing'\n")


def test_an_interruption_exits_130(tmp_path: Path) -> None:
    assert outcome(fake(tmp_path, "things", "interrupt")) == (130, "", "error: interrupted\n")


def test_the_end_of_input_at_a_question_exits_130(tmp_path: Path) -> None:
    assert outcome(fake(tmp_path, "things", "ask")) == (130, "", "error: interrupted\n")


@pytest.mark.parametrize(
    ("kind", "error", "hint"),
    [
        ("locked", "the ledger x.db is locked by another program", "wait until it has finished"),
        ("garbage", "x.db is not a ledger: not an SQLite file", "check --db and ARCTL_DB"),
        ("full", "the disk is full: the ledger x.db cannot grow", "free some space, then run it again"),
    ],
)
def test_a_ledger_that_fails_exits_5(tmp_path: Path, kind: str, error: str, hint: str) -> None:
    ran = fake(tmp_path, "--db", "x.db", "things", "sql", kind)

    assert outcome(ran) == (5, "", f"error: {error}\nhint: {hint}\n")


def test_wrong_sql_is_a_mistake_in_the_program(tmp_path: Path) -> None:
    ran = fake(tmp_path, "things", "sql", "mistake")

    assert ran.returncode == 70
    assert ran.stderr.startswith("internal error: OperationalError: no such table: nowhere")


def test_a_closed_pipe_is_quiet(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _FAKE_MAIN, "things", "talk"],
        cwd=tmp_path,
        env=process_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as talking:
        assert talking.stdout is not None
        assert talking.stderr is not None
        talking.stdout.read(10)
        talking.stdout.close()
        said = talking.stderr.read()

    assert (talking.returncode, said) == (141, b"")


def test_a_broken_connection_is_not_taken_for_a_closed_pipe(tmp_path: Path) -> None:
    ran = fake(tmp_path, "things", "hang-up")

    assert ran.returncode == 70
    assert ran.stderr.startswith("internal error: BrokenPipeError: [Errno 32] Broken pipe")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_under_the_answer_exits_5(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-c", _FAKE_MAIN, "things", "check"],
            cwd=tmp_path,
            env=process_environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert (ran.returncode, ran.stderr) == (5, "error: the disk is full\nhint: free some space, then run it again\n")


def test_closed_streams_do_not_trouble_a_command(tmp_path: Path) -> None:
    closed = "import sys; sys.stdout = None; sys.stderr = None\n"

    assert fake(tmp_path, "things", "check", before=closed).returncode == 1


def test_a_narrow_stdout_gets_escapes_and_no_traceback(tmp_path: Path) -> None:
    ran = fake(tmp_path, "things", "latin", env={"PYTHONIOENCODING": "ascii"})

    assert outcome(ran) == (0, "\\u682a \\xe9 ascii\n", "")


def test_formats_are_settled() -> None:
    assert resolve_format(None, False) is OutputFormat.TABLE
    assert resolve_format(None, True) is OutputFormat.JSON
    assert resolve_format(OutputFormat.JSON, True) is OutputFormat.JSON
    assert resolve_format(OutputFormat.MD, False) is OutputFormat.MD
    with pytest.raises(UsageError, match="two formats"):
        resolve_format(OutputFormat.CSV, True)


def test_dates_are_settled() -> None:
    today = date(2026, 7, 8)

    assert resolve_date(None, today) == today
    assert resolve_date("yesterday", today) == date(2026, 7, 7)
    assert resolve_date("2026-06", today) == date(2026, 6, 30)
    with pytest.raises(UsageError, match="--since '30/06/2026' is not a date") as refused:
        resolve_date("30/06/2026", today, "--since")
    assert "2026-06-30" in refused.value.hint


def test_every_command_is_announced_in_the_help(arctl: Arctl) -> None:
    ran = arctl("--help")

    assert (ran.returncode, ran.stderr) == (0, "")
    width = max(map(len, COMMANDS))
    for name, registered in COMMANDS.items():
        assert f"  {name:<{width}}  {registered.summary}\n" in ran.stdout
    assert "130  interrupted" in ran.stdout


def test_the_group_is_built_without_its_commands() -> None:
    before = set(sys.modules)

    build()

    assert not (set(sys.modules) - before) & {"arctl.cli.demo", "arctl.cli.diff"}


def modules_loaded_by(*args: str) -> set[str]:
    """The modules that `python -m arctl ARGS` imports, by Python's own account."""
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "arctl", *args],
        env=process_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines() if line.startswith("import time:")}


def test_the_version_is_answered_without_loading_anything(arctl: Arctl) -> None:
    assert outcome(arctl("--version")) == (0, "arctl 0.1.0\n", "")
    assert outcome(arctl("--quiet", "--version")) == (0, "arctl 0.1.0\n", "")
    assert not modules_loaded_by("--version") & {"typer", "rich", "sqlite3", "sqlite_utils", "tabulate"}


def test_the_help_needs_typer_alone() -> None:
    loaded = modules_loaded_by("--help")

    assert "typer" in loaded
    assert not loaded & {"rich", "sqlite3", "sqlite_utils", "tabulate", "pydantic"}


def test_the_system_user_is_a_name() -> None:
    assert system_user()
    assert system_user() == system_user().strip()
