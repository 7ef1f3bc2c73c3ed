"""Charts run as the page is read: from right to left in Persian, from left to right in English."""

from typing import Any

import pytest

from workbench.i18n import use_language
from workbench.ui import charts


@pytest.fixture(autouse=True)
def in_persian_again():
    yield
    use_language("fa")


def framed(language: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    import plotly.graph_objects as plots

    use_language(language)
    monkeypatch.setattr(charts, "tokens", lambda: charts.LIGHT)
    return charts.framed(plots.Figure(), height=100).layout


@pytest.mark.parametrize(
    ("language", "runs", "side", "room"),
    [("fa", "reversed", "right", "r"), ("en", True, "left", "l")],
)
def test_time_begins_where_the_reading_begins(
    monkeypatch: pytest.MonkeyPatch, language: str, runs: object, side: str, room: str
) -> None:
    layout = framed(language, monkeypatch)
    assert (layout.xaxis.autorange, layout.yaxis.side) == (runs, side)
    assert layout.margin[room] > 40
    assert charts.as_read(0, 5) == ([5, 0] if language == "fa" else [0, 5])


def test_marks_of_a_scale_are_of_the_language() -> None:
    use_language("en")
    assert charts.signed_scale(-4_000, 0)["ticktext"][0] == "\u2066−4,000\u2069"
    use_language("fa")
    assert charts.signed_scale(-4_000, 0)["ticktext"][0] == "\u2066−۴٬۰۰۰\u2069"


@pytest.mark.parametrize(("language", "side"), [("fa", "r"), ("en", "l")])
def test_a_scale_has_room_for_its_longest_number(
    monkeypatch: pytest.MonkeyPatch, language: str, side: str
) -> None:
    import plotly.graph_objects as plots

    use_language(language)
    monkeypatch.setattr(charts, "tokens", lambda: charts.LIGHT)
    rooms = []
    for top in (10, 80_000_000):
        figure = charts.framed(plots.Figure(), height=100)
        figure.update_yaxes(**charts.signed_scale(-top, 0))
        charts.give_room(figure)
        rooms.append(figure.layout.margin[side])
    assert rooms[0] == charts.SCALE_MARGIN
    assert rooms[1] > len("−80,000,000") * charts.MARK_DIGIT


def test_the_widest_of_two_scales_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    from plotly.subplots import make_subplots

    monkeypatch.setattr(charts, "tokens", lambda: charts.LIGHT)
    figure = charts.framed(make_subplots(rows=2), height=100)
    figure.update_yaxes(**charts.scale(12_345_678), row=1, col=1)
    figure.update_yaxes(**charts.scale(3), row=2, col=1)
    charts.give_room(figure)
    assert figure.layout.margin.r > len("12,345,678") * charts.MARK_DIGIT


def test_millions_lose_their_tenths_where_they_say_nothing() -> None:
    use_language("en")
    assert charts.millions(99_999_940_000) == "99,999.9"
    assert charts.millions(123_456_789_900_000) == "123,456,790"
    assert charts.signed(-123_456_789_900_000) == "\u2066−123,456,790\u2069"
    assert charts.signed(0) == "\u20660.0\u2069"


def test_a_long_sentence_on_hover_has_its_parts_beneath_each_other() -> None:
    use_language("fa")
    assert charts.sentence("الف؛ ب") == "\u2067الف\u2069؛<br>\u2067ب\u2069"
    use_language("en")
    assert charts.sentence("a; b") == "\u2066a\u2069;<br>\u2066b\u2069"
