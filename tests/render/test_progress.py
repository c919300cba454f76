import io

import pytest

from arctl.render.progress import progress


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_nothing_is_said_off_a_terminal_or_when_quiet() -> None:
    for stream, quiet in ((io.StringIO(), False), (Screen(), True)):
        with progress(stream, quiet) as report:
            report.step("customers", 1, 2)
        assert stream.getvalue() == ""


def test_a_terminal_sees_each_label_and_how_far_it_is() -> None:
    screen = Screen()
    with progress(screen) as report:
        report.step("[acme]\x1b[2J.csv", 1000, 2000)
        report.step("[acme]\x1b[2J.csv", 2000, 2000)
        report.step("unknown", 5, None)

    assert "[acme]␛[2J.csv" in screen.getvalue()
    assert "2000/2000" in screen.getvalue()
    assert "5/?" in screen.getvalue()


def test_the_bars_are_gone_after_an_error_and_absent_without_a_step() -> None:
    screen = Screen()

    def fail() -> None:
        with progress(screen) as report:
            report.step("customers", 1, 2)
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        fail()
    assert screen.getvalue().endswith("\x1b[1A\x1b[2K")

    untouched = Screen()
    with progress(untouched):
        pass
    assert untouched.getvalue() == ""
