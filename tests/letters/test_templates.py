"""Whose template writes a letter, in which language, and what is said of one that cannot."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, meta

from arctl.errors import BadInput
from arctl.render.letters import shipped_folder, writer
from tests.letters.requests import HOLD, line, request

GERMAN = Path(__file__).parent / "templates"


def own(folder: Path, text: str, html: str | None = None, name: str = "courtesy", language: str = "en") -> Path:
    place = folder / "letters" / language
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{name}.txt.j2").write_text(text, encoding="utf-8")
    if html is not None:
        (place / f"{name}.html.j2").write_text(html, encoding="utf-8")
    return folder / "letters"


def failure(folder: Path, language: str = "en") -> str:
    with pytest.raises(BadInput) as told:
        writer(folder).letter(request(language=language))
    return told.value.message.replace(str(folder), "letters")


def test_a_users_template_goes_before_the_shipped_one_and_says_so(tmp_path: Path) -> None:
    folder = own(tmp_path, "Subject: Hello {{ customer_id }}\nPay {{ asked }}.", "<p>Pay {{ asked }}.</p>")
    letter = writer(folder).letter(request())

    assert (letter.subject, letter.text, letter.html) == ("Hello C-1007", "Pay 1,234.50.\n", "<p>Pay 1,234.50.</p>")
    assert letter.own_template
    assert not writer(folder).letter(request("firm")).own_template
    assert not writer(None).letter(request()).own_template


def test_a_users_text_does_not_go_out_with_the_shipped_html(tmp_path: Path) -> None:
    assert writer(own(tmp_path, "Subject: Hello\nPay.")).letter(request()).html is None


def test_a_users_frame_is_the_users_letter(tmp_path: Path) -> None:
    folder = own(tmp_path, "Subject: {% block subject %}{% endblock +%}\nShort.", name="_letter")
    letter = writer(folder).letter(request())

    assert (letter.subject, letter.text) == ("Friendly reminder: 1 invoice past due, 1,234.50 USD", "Short.\n")
    assert letter.own_template


def test_a_language_is_looked_for_first_and_english_after_it() -> None:
    lines = (line(1, 8, 123_450, "B 7", 2),)
    german = writer(GERMAN).letter(request(lines=lines, language="de"))

    assert german.text == (
        "30. Juni 2026\n\nGuten Tag Sample Bistro,\n\n"
        "Rechnung          Bestellung  vom         fällig am   Tage     offen\n"
        "----------------  ----------  ----------  ----------  ----  --------\n"
        "INV-1001, Rate 2  B 7         23.05.2026  22.06.2026     8  1,234.50\n\n"
        "Bitte überweisen Sie 1,234.50 USD.\n"
    )
    assert german.own_template
    assert german.html is None
    assert writer(GERMAN).letter(request("firm", language="de")) == writer(None).letter(request("firm"))


def test_no_template_at_all_names_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as told:
        writer(tmp_path).message("sms", "en", HOLD)
    assert told.value.message == f"there is no template sms.txt.j2 in {tmp_path}, {shipped_folder()}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Subject: a\n\n{{ asked", "letters/en/courtesy.txt.j2:3: unexpected end of template, expected 'end of print statement'."),
        ("Subject: a\n{% if asked %}\n", "letters/en/courtesy.txt.j2:2: Unexpected end of template."),
        ("Subject: a\n\n{{ amount_due }}", "letters/en/courtesy.txt.j2:3: 'amount_due' is undefined"),
        ("Subject: a\n{% for x in lines %}\n{{ x.total }}{% endfor %}", "letters/en/courtesy.txt.j2:3: "),
        ("Subject: a\n{{ 1 // 0 }}", "letters/en/courtesy.txt.j2:2: "),
        ("Subject: a\n{{ asked.__class__.__mro__ }}", "letters/en/courtesy.txt.j2:2: access to attribute '__class__'"),
        ("Subject: a\n{{ items.func.__globals__ }}", "letters/en/courtesy.txt.j2:2: access to attribute '__globals__'"),
        ("Subject: a\n{{ '{0.__class__}'.format(1) }}", "letters/en/courtesy.txt.j2:2: access to attribute '__class__'"),
        ("Subject: a\n{% for x in range(10 ** 9) %}x{% endfor %}", "letters/en/courtesy.txt.j2:2: Range too big"),
        ("Subject: a\n{% include '../secret.txt' %}", "letters/en/courtesy.txt.j2: there is no template ../secret.txt"),
        ("{% extends 'en/frame.txt.j2' %}", "letters/en/courtesy.txt.j2: there is no template en/frame.txt.j2"),
        ("Dear you,\nPay.", "letters/en/courtesy.txt.j2:1: the first line is not the subject"),
        ("Subject: \nPay.", "letters/en/courtesy.txt.j2:1: the first line is not the subject"),
        ("\nSubject: a\nPay.", "letters/en/courtesy.txt.j2:1: the first line is not the subject"),
    ],
)  # fmt: skip
def test_a_template_that_fails_is_named_with_its_line(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("a secret", encoding="utf-8")
    assert failure(own(tmp_path, text)).startswith(said)


def test_a_fault_in_a_frame_is_named_there(tmp_path: Path) -> None:
    folder = own(tmp_path, "Subject: a\n\n{{ nothing }}", name="_letter")
    assert failure(folder) == "letters/en/_letter.txt.j2:3: 'nothing' is undefined"


def test_html_alone_and_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    folder = own(tmp_path, "Subject: a\nb", "<p>")
    (folder / "en" / "courtesy.txt.j2").unlink()
    assert failure(folder) == "letters/en/courtesy.html.j2 has no courtesy.txt.j2 beside it"
    (folder / "en" / "courtesy.txt.j2").write_bytes(b"Subject: \xff")
    assert failure(folder).startswith("letters/en/courtesy.txt.j2 cannot be read as a template (")


def test_the_readme_names_everything_that_a_template_uses() -> None:
    told = set(re.findall(r"`([a-z_]+)", (shipped_folder() / "README.md").read_text(encoding="utf-8")))

    environment = Environment(autoescape=True)
    for file in sorted(shipped_folder().glob("en/*.j2")):
        tree = environment.parse(
            re.sub(r"\| *(day|short_day|money(\([a-z]+\))?)", "", file.read_text(encoding="utf-8"))
        )
        used = meta.find_undeclared_variables(tree) - {"self", "namespace"}
        assert used <= told, file.name


def test_a_message_needs_its_facts() -> None:
    facts = {name: value for name, value in HOLD.items() if name != "days_overdue"}
    with pytest.raises(BadInput, match=r"hold_notice_rep\.txt\.j2:6: 'days_overdue' is undefined"):
        writer(None).message("hold_notice_rep", "en", facts)
