"""Files as they should not be: never a traceback, never a silent drop, never a guess."""

import pytest

from arctl.errors import BadInput
from tests.conftest import Arctl
from tests.sync.desk import CUSTOMERS, Desk, counts_of, only, told

QUOTE = "a quote is opened in this row and not closed where a cell ends"
TEXT_AFTER = 'text follows a closing quote; a quote within a cell is written twice ("")'


def names(desk: Desk) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in desk.rows("SELECT id, name FROM customers ORDER BY id")]


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"], ids=["plain", "bom"])
@pytest.mark.parametrize("ends", [b"\n", b"\r\n", b"\r"], ids=["lf", "crlf", "cr"])
def test_line_ends_and_byte_order_mark(desk: Desk, start: bytes, ends: bytes) -> None:
    desk.write(customers=start + CUSTOMERS.strip().encode().replace(b"\n", ends))
    assert desk.sync().rejects == []
    assert names(desk) == [("C1", "Acme"), ("C2", "Birch")]


def test_quoted_line_breaks_quotes_and_commas_are_text(desk: Desk) -> None:
    desk.write(customers=b'id,name\r\nC1,"Acme\r\nInc, ""the"" best"\r\nC2,\r\nC3,Cedar\r\n')
    assert told(desk.sync()) == [(4, "name", "", "empty")]
    assert names(desk) == [("C1", 'Acme\r\nInc, "the" best'), ("C3", "Cedar")]


@pytest.mark.parametrize(
    "name",
    [
        *(
            "[red]Acme[/red]",
            "[/PO-1]",
            "Ácme Ω",
            "株式会社",
            "Acme 🧀",
            "=1+1",
            "@SUM(A1)",
            "-2+3",
            "x" * 300,
            " Acme ",
        ),
        *("Robert'); DROP TABLE erp_customers;--", "%s {0} \\n", "\x1b[2J", "\u202eemcA", "null", "0"),
    ],
)
def test_any_name_is_kept_as_it_is(desk: Desk, name: str) -> None:
    desk.write(customers=f"id,name\nC1,{name}\n".encode())
    assert desk.sync().rejects == []
    assert names(desk) == [("C1", name)]


def test_bad_utf8_costs_its_own_row_only(desk: Desk) -> None:
    desk.write(customers=b"id,name\nC1,Acme\nC2,B\xe9rch\nC\xff3,Cedar\nC4,D\xc3\xb6rr\n")
    assert told(desk.sync()) == [
        (3, "name", "B\\udce9rch", "is not UTF-8"),
        (4, "id", "C\\udcff3", "is not UTF-8"),
    ]
    assert names(desk) == [("C1", "Acme"), ("C4", "Dörr")]
    assert len(desk.sync().rejects) == 2


def test_a_nul_byte_costs_its_own_row_only(desk: Desk) -> None:
    desk.write(customers=b"id,name\nC1,Ac\0me\nC2,Birch\n\0\0\0,\0\n")
    assert told(desk.sync()) == [
        (2, "name", "Ac\\0me", "holds a NUL byte"),
        (4, "id", "\\0\\0\\0", "holds a NUL byte"),
    ]
    assert names(desk) == [("C2", "Birch")]


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_cell_of_a_megabyte_is_rejected_and_shown_cut(desk: Desk, quote: str) -> None:
    desk.write(customers=f"id,name\nC1,{quote}{'x' * 1_000_000}{quote}\nC2,Birch\n")
    reject = only(desk.sync())
    assert (reject.line, reject.column, reject.reason) == (2, "name", "longer than 32767 characters")
    assert reject.value == "x" * 200
    assert names(desk) == [("C2", "Birch")]


def test_a_cell_of_five_megabytes(desk: Desk) -> None:
    desk.write(customers=f"id,name\nC1,{'x' * 5_000_000}\nC2,Birch\n")
    assert only(desk.sync()).reason == "a cell is longer than 4194304 characters"
    assert names(desk) == [("C2", "Birch")]


@pytest.mark.parametrize(
    ("lines", "torn"),
    [
        (['"C1,Acme', "C2,Birch", "C3,Cedar"], [(2, QUOTE)]),
        (["C1,Acme", 'C2,"Birch', "C3,Cedar"], [(3, QUOTE)]),
        (["C1,Acme", "C2,Birch", 'C3,"Cedar'], [(4, QUOTE)]),
        (['C1,"Acme', 'C2,"Birch"', "C3,Cedar"], [(2, QUOTE)]),
        (['C1,"Acme', "C2,Birch", 'C3,"Cedar'], [(2, QUOTE), (4, QUOTE)]),
        (['C1,"Acme"x', "C2,Birch", "C3,Cedar"], [(2, TEXT_AFTER)]),
        (['C1,"Ac"me"', "C2,Birch", "C3,Cedar"], [(2, TEXT_AFTER)]),
    ],
)
def test_an_unclosed_quote_costs_its_own_line_only(desk: Desk, lines: list[str], torn: list[tuple[int, str]]) -> None:
    report = desk.write(customers="id,name\n" + "\n".join(lines) + "\n").sync()

    assert [(row[0], row[3]) for row in told(report)] == torn
    assert counts_of(report, "customers").read == 3
    assert len(names(desk)) == 3 - len(torn)
    assert report.rejects[0].value == lines[torn[0][0] - 2]


def test_a_quote_inside_a_plain_cell_is_text(desk: Desk) -> None:
    desk.write(customers='id,name\nC1,Acme 12" pipes\n')
    assert desk.sync().rejects == []
    assert names(desk) == [("C1", 'Acme 12" pipes')]


def test_many_torn_rows_in_a_long_file(desk: Desk) -> None:
    rows = [f'C{n},"x' if n % 20 == 0 else f"C{n},x" for n in range(12_000)]
    report = desk.write(customers="id,name\n" + "\n".join(rows)).sync()
    assert (len(report.rejects), len(names(desk))) == (600, 11_400)


def test_too_few_and_too_many_cells(desk: Desk) -> None:
    desk.write(customers="id,name,email\nC1,Acme\nC2,Birch,b@example.com\nC3,Cedar,c@example.com,x\nC4,Dorn,\n")
    assert told(desk.sync()) == [
        (2, "", "C1,Acme", "2 cells, the header has 3"),
        (4, "", "C3,Cedar,c@example.com,x", "4 cells, the header has 3"),
    ]
    assert [row[0] for row in names(desk)] == ["C2", "C4"]


def test_blank_lines_are_passed_over(desk: Desk) -> None:
    desk.write(customers=b"\n\nid,name\n\nC1,Acme\n\r\n\nC2,\n,\n")
    assert told(desk.sync()) == [(8, "name", "", "empty"), (9, "id", "", "empty")]
    assert names(desk) == [("C1", "Acme")]


def test_a_header_alone_is_a_table_without_rows(desk: Desk) -> None:
    report = desk.write(customers="id,name").sync()
    assert (report.status, counts_of(report, "customers").read) == ("completed", 0)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "customers.csv is empty: it has no header"),
        (b"\n\n", "customers.csv is empty: it has no header"),
        (b"\xef\xbb\xbf", "customers.csv is empty: it has no header"),
        ("id,name\nC1,Acme\n".encode("utf-16"), "customers.csv is UTF-16"),
        ("\ufeffid,name\nC1,Acme\n".encode("utf-16-be"), "customers.csv is UTF-16"),
        (b"id,name,id\nC1,Acme,C1\n", "customers.csv:1: column id stands twice in the header"),
        (b"id\nC1\n", "customers.csv:1: column name is missing"),
        (b"C1,Acme\n", "customers.csv:1: column id, name is missing"),
        (b"id;name\nC1;Acme\n", "customers.csv:1: column id, name is missing"),
        (b"ID,Name\nC1,Acme\n", "customers.csv:1: column id, name is missing"),
        (b'id,"name\nC1,Acme\n', f"customers.csv:1: the header is no CSV: {QUOTE}"),
        (b"\x89PNG\r\n\x1a\n\0\0", "customers.csv:1: column id, name is missing"),
    ],
)
def test_a_file_that_is_not_the_table_stops_the_sync(desk: Desk, content: bytes, message: str) -> None:
    before = desk.dump()
    desk.write(customers=content, customer_payments="id,customer_id,receipt_date,amount\n")
    with pytest.raises(BadInput) as stopped:
        desk.sync()
    assert stopped.value.message == message
    assert stopped.value.hint
    assert desk.dump() == before


def test_a_header_may_have_blanks_around_its_names(desk: Desk) -> None:
    desk.write(customers=" id , name\nC1,Acme\n")
    assert desk.sync().rejects == []


@pytest.mark.parametrize("kind", ["directory", "dangling link", "link to itself"])
def test_something_else_in_a_files_place(desk: Desk, kind: str) -> None:
    path = desk.folder / "customers.csv"
    if kind == "directory":
        path.mkdir()
    else:
        path.symlink_to(path if "itself" in kind else desk.folder / "nowhere")
    with pytest.raises(BadInput) as stopped:
        desk.write(customer_payments="id,customer_id,receipt_date,amount\n").sync()
    assert stopped.value.message in (
        f"{path} is not a file",
        f"{path}: cannot be read (Too many levels of symbolic links)",
    )


def test_a_file_that_cannot_be_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write(customers=CUSTOMERS)

    def denied(*given: object, **named: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", denied)
    with pytest.raises(BadInput, match=r"customers.csv: cannot be read \(Permission denied\)"):
        desk.sync()


def test_no_folder_and_an_empty_one(desk: Desk) -> None:
    with pytest.raises(BadInput, match="holds none of the files that arctl reads"):
        desk.sync()
    desk.folder.rmdir()
    with pytest.raises(BadInput, match="there is no folder"):
        desk.sync()


def test_hostile_rows_through_the_command(arctl: Arctl, desk: Desk) -> None:
    desk.ledger.close()
    desk.write(customers=b'id,name\nC1,[red]\nC2,\x1b[2J\nC3,\xff\nC4,"x\nC5\nC6,' + b"y" * 1_000_000 + b"\n")
    for form in ("table", "json", "csv", "md"):
        ran = arctl("sync", "--from", "export", "--format", form)
        assert (ran.returncode, "Traceback" in ran.stderr) == (3, False), ran.stderr
        assert len(ran.stdout) < 5_000
        assert "\x1b" not in ran.stdout
