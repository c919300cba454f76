"""`arctl config`, and the reading of what can be set."""

import csv
import io
import json

import pytest

from arctl.core.settings import SETTINGS, THRESHOLDS, contradiction, looks_secret, read_value
from tests.conftest import Arctl


@pytest.fixture
def config(arctl: Arctl) -> Arctl:
    arctl("init")
    return arctl


def out(arctl: Arctl, *args: str) -> str:
    ran = arctl("--actor", "pat", *args)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def listed(arctl: Arctl, *before: str) -> dict[str, dict[str, str | None]]:
    return {each["key"]: each for each in json.loads(out(arctl, *before, "config", "list", "--json"))}


def test_every_default_is_a_value_of_its_kind() -> None:
    for setting in SETTINGS.values():
        assert not setting.default or read_value(setting, setting.default) == setting.default
    assert contradiction({key: SETTINGS[key].default for key in THRESHOLDS}) == ""
    assert not [key for key in SETTINGS if looks_secret(key, SETTINGS[key].default)]


@pytest.mark.parametrize(
    ("key", "text", "kept"),
    [
        ("dunning.agency_days", " 060 ", "60"),
        ("dunning.minimum_amount", "$1,000", "1000.00"),
        ("mail.smtp_port", "2525", "2525"),
        ("mail.smtp_host", "smtp.example.com", "smtp.example.com"),
        ("mail.smtp_host", "[::1]", "[::1]"),
        ("alert.operator", "ops+ar@example.com", "ops+ar@example.com"),
        ("base_currency", "jpy", "JPY"),
        ("books_from", "2026-01-01", "2026-01-01"),
        ("erp.kind", "NetSuite", "netsuite"),
        ("erp.account", "1234567_SB1", "1234567_SB1"),
        ("outbox.folder", "/var/mail/ar letters", "/var/mail/ar letters"),
    ],
)
def test_a_value_is_kept_in_one_form(key: str, text: str, kept: str) -> None:
    assert read_value(SETTINGS[key], text) == kept


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("dunning.agency_days", "-1"),
        ("dunning.agency_days", "7.5"),
        ("dunning.agency_days", "٧"),
        ("dunning.agency_days", "99999"),
        ("dunning.minimum_amount", "-1"),
        ("dunning.minimum_amount", "1.005"),
        ("mail.smtp_port", "0"),
        ("mail.smtp_port", "65536"),
        ("mail.smtp_host", "smtp example"),
        ("mail.from", "ar@example.com\nBcc: all@example.com"),
        ("mail.from", "AR <ar@example.com>"),
        ("mail.from", "ar@localhost"),
        ("base_currency", "UDS"),
        ("books_from", "2026-02-30"),
        ("erp.kind", "other"),
        ("outbox.folder", " "),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_not_repeated(key: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"^(a|an|one|the|netsuite)\b") as wrong:
        read_value(SETTINGS[key], text)

    assert text.strip() not in str(wrong.value) or not text.strip() or text == "0"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("mail.password", "x"),
        ("mail.smtp_passwd", "x"),
        ("erp.token_id", "x"),
        ("ERP.Consumer_Key", "x"),
        ("client_secret", "x"),
        ("outbox.folder", "-----BEGIN PRIVATE KEY-----"),
        ("mail.smtp_host", "smtp://ar:letmein@example.com"),
        ("mail.from", "password=letmein"),
        ("erp.account", "71cc02b731f05895561ef0862d71553a3ac99498a947c3b7beaf4a1e4a29f7c4"),
    ],
)
def test_what_looks_like_a_secret_is_refused_and_never_repeated(config: Arctl, key: str, value: str) -> None:
    ran = config("config", "set", key, value)

    assert (ran.returncode, ran.stdout) == (4, "")
    assert ran.stderr.startswith("error: that looks like a secret")
    assert len(value) == 1 or value not in ran.stderr


@pytest.mark.parametrize("typed", [("mail.password", "my", "dog"), ("mail.from", "my", "dog"), ("mail.from", "--dog")])
def test_a_usage_error_repeats_no_value(config: Arctl, typed: tuple[str, ...]) -> None:
    ran = config("config", "set", *typed)

    assert ran.returncode in (2, 4)
    assert "dog" not in ran.stdout + ran.stderr


@pytest.mark.parametrize(
    "value", ["smtp.example.com", "ops@example.com", "1234567_SB1", "/var/lib/arctl/outbox", "587"]
)
def test_ordinary_values_are_no_secrets(value: str) -> None:
    assert not looks_secret("mail.smtp_host", value)


def test_set_get_unset(config: Arctl) -> None:
    assert out(config, "config", "get", "mail.smtp_port") == "587\n"
    assert out(config, "config", "set", "mail.smtp_port", "2525") == "mail.smtp_port = 2525 (was 587)\n"
    assert out(config, "config", "get", "mail.smtp_port") == "2525\n"
    assert out(config, "config", "set", "mail.smtp_port", "2525") == "mail.smtp_port is 2525, as before\n"
    assert out(config, "config", "unset", "mail.smtp_port") == "mail.smtp_port = 587 (was 2525)\n"
    assert listed(config)["mail.smtp_port"]["from"] == "default"


def test_what_is_not_set_is_an_empty_line(config: Arctl) -> None:
    ran = config("config", "get", "mail.from")

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "\n", "mail.from is not set\n")


def test_the_list_tells_who_set_what_and_when(config: Arctl) -> None:
    out(config, "config", "set", "alert.operator", "ops@example.com")
    shown = listed(config)

    assert list(shown) == list(SETTINGS)
    assert {key: shown["alert.operator"][key] for key in ("value", "from", "by")} == {
        "value": "ops@example.com",
        "from": "set",
        "by": "pat",
    }
    assert len(shown["alert.operator"]["at"] or "") == len("2026-07-01 10:00:00")
    assert shown["mail.smtp_port"]["from"] == "default"
    assert shown["mail.from"]["value"] is None
    assert shown["mail.from"]["from"] is None
    assert shown["time_zone"]["company"] == "default"
    assert shown["time_zone"]["from"] == "set"


def test_the_list_in_every_format(config: Arctl) -> None:
    rows = list(csv.DictReader(io.StringIO(out(config, "config", "list", "--format", "csv"))))

    assert [row["key"] for row in rows] == list(SETTINGS)
    assert out(config, "config", "list", "--format", "md").startswith("| key ")
    table = out(config, "config", "list")
    assert all(key in table and setting.meaning in table for key, setting in SETTINGS.items())


def test_a_company_setting_changes_the_clock_with_the_zone(config: Arctl) -> None:
    assert out(config, "config", "set", "time_zone", "Pacific/Kiritimati") == (
        "time_zone of company default = Pacific/Kiritimati (was America/New_York)\n"
    )
    assert out(config, "config", "unset", "time_zone") == (
        "time_zone of company default = America/New_York (was Pacific/Kiritimati)\n"
    )
    assert listed(config)["time_zone"]["from"] == "default"


def test_with_several_companies_one_must_be_named(config: Arctl) -> None:
    config("init", "--company", "north")

    for args in (("get", "books_from"), ("set", "books_from", "2026-01-01"), ("unset", "books_from")):
        ran = config("config", *args)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert "there are several: default, north" in ran.stderr

    assert out(config, "--company", "north", "config", "set", "books_from", "2026-01-01") == (
        "books_from of company north = 2026-01-01 (was not set)\n"
    )
    assert out(config, "--company", "default", "config", "get", "books_from") == "\n"
    assert out(config, "--company", "north", "config", "unset", "books_from") == (
        "books_from of company north is not set any more (was 2026-01-01)\n"
    )
    assert {each["company"] for each in json.loads(out(config, "--company", "north", "config", "list", "--json"))} == {
        "north",
        None,
    }


def test_thresholds_must_rise(config: Arctl) -> None:
    ran = config("config", "set", "dunning.first_reminder_days", "14")

    assert ran.returncode == 2
    assert ran.stderr.startswith(
        "error: dunning.first_reminder_days (14) must be less than dunning.second_reminder_days (14)\n"
    )
    assert out(config, "config", "get", "dunning.first_reminder_days") == "7\n"


def test_settings_belong_to_a_tenant(config: Arctl) -> None:
    config("--tenant", "acme", "init")
    out(config, "--tenant", "acme", "config", "set", "mail.from", "ar@example.com")

    assert out(config, "--tenant", "acme", "config", "get", "mail.from") == "ar@example.com\n"
    assert out(config, "config", "get", "mail.from") == "\n"
