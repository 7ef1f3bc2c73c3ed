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
        charts.give_room(figure, charts.scale(top))
        rooms.append(figure.layout.margin[side])
    assert rooms[0] == charts.SCALE_MARGIN
    assert rooms[1] > len("50,000,000") * charts.MARK_DIGIT
