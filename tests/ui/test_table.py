"""The table component in a real browser: keys, clicks, sorting, emptiness, no HTML from data."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from workbench.ui.components import table as component
from workbench.ui.components.assets import script, style
from workbench.ui.components.table import (
    code_cell,
    left_cell,
    link_cell,
    number_cell,
    pill_cell,
    table_words,
    text_cell,
)

HOST = "http://table.test/"
TOKENS = Path(component.__file__).parents[1] / "static" / "tokens.css"
PAGE = """<!doctype html><html lang="fa" dir="rtl"><head><meta charset="utf-8">
<style>{tokens}</style></head><body><div id="host"></div><script type="module">
import mount from "/component.js";
const root = document.getElementById("host").attachShadow({{mode: "open"}});
const sheet = document.createElement("style");
sheet.textContent = await (await fetch("/component.css")).text();
root.append(sheet);
window.sent = [];
window.update = (data) => mount({{parentElement: root, data,
  setTriggerValue: (name, value) => window.sent.push([name, value])}});
window.ready = true;
</script></body></html>"""
EVIL = "<img src=x onerror=window.evil=1><script>window.evil=1</script>"
COLUMNS = [
    {"id": "due", "title": "مهلت مانده", "sortable": True, "sorted": "ascending"},
    {"id": "number", "title": "پرونده"},
    {"id": "name", "title": "بیمه‌شده"},
    {"id": "code", "title": "کد ملی"},
    {"id": "cost", "title": "هزینه", "numeric": True},
    {"id": "state", "title": "وضعیت"},
]


@pytest.fixture
def show(chromium: Any) -> Iterator[Callable[..., Any]]:
    """``show(rows, …)`` draws the table and gives the page."""
    page = chromium.new_page(viewport={"width": 1920, "height": 700})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    files = {
        "": ("text/html", PAGE.format(tokens=TOKENS.read_text("utf-8"))),
        "component.js": ("text/javascript", script("table.js")),
        "component.css": ("text/css", style("base.css", "table.css")),
    }

    def answer(route: Any) -> None:
        kind, body = files.get(route.request.url.removeprefix(HOST), ("text/plain", ""))
        route.fulfill(content_type=f"{kind}; charset=utf-8", body=body)

    page.route("**/*", answer)
    page.goto(HOST)
    page.wait_for_function("window.ready")

    def draw(rows: list[dict[str, Any]], **changes: Any) -> Any:
        data = {
            "lang": "fa",
            "words": table_words(),
            "columns": COLUMNS,
            "rows": rows,
            "selected": None,
            "pages": False,
            "dense": False,
            "takesFocus": True,
        }
        page.evaluate("data => window.update(data)", data | changes)
        return page

    yield draw
    page.close()
    assert errors == [], "no script may fail"


def _row(n: int, name: str = "رها شریفی", **changes: Any) -> dict[str, Any]:
    cells = [
        left_cell(0.4, "soon", "۵ س ۴۰ د"),
        link_cell(f"۹۹۰۷۰۱{n:03d}"),
        text_cell(name),
        code_cell("۰۳۵****۸۹۸", muted=True),
        number_cell("۲۱٬۴۳۰٬۰۰۰"),
        pill_cell("review", "در حال رسیدگی"),
    ]
    return {"id": str(9007199254740993000 + n), "cells": cells, **changes}


def _rows(count: int) -> list[dict[str, Any]]:
    return [_row(n) for n in range(count)]


def _id(n: int) -> str:
    return str(9007199254740993000 + n)


def _chosen(page: Any) -> list[str]:
    return page.evaluate(
        "[...document.getElementById('host').shadowRoot.querySelectorAll('tr.sel')]"
        ".map(row => row.dataset.id)"
    )


def _sent(page: Any) -> list[tuple[str, dict[str, Any]]]:
    sent = page.evaluate("window.sent")
    assert all(value.pop("nonce") for _name, value in sent)
    return [(name, value) for name, value in sent]


@pytest.mark.browser
def test_arrows_move_and_enter_opens_the_row(show: Callable[..., Any]) -> None:
    page = show(_rows(25))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert _chosen(page) == [_id(2)]
    page.keyboard.press("Enter")
    assert _sent(page) == [("open", {"id": _id(2)})]


@pytest.mark.browser
@pytest.mark.parametrize(
    ("keys", "at"),
    [
        (["End"], 24),
        (["End", "ArrowDown"], 24),
        (["End", "Home"], 0),
        (["ArrowUp"], 0),
        (["Home", "PageDown"], 10),
        (["End", "PageUp"], 14),
    ],
)
def test_each_key_goes_where_it_says(show: Callable[..., Any], keys: list[str], at: int) -> None:
    page = show(_rows(25))
    for key in keys:
        page.keyboard.press(key)
    assert _chosen(page) == [_id(at)]


@pytest.mark.browser
@pytest.mark.parametrize(("takes_focus", "chosen"), [(True, [_id(0)]), (False, [])])
def test_a_table_that_takes_the_focus_starts_at_its_first_row(
    show: Callable[..., Any], takes_focus: bool, chosen: list[str]
) -> None:
    page = show(_rows(3), takesFocus=takes_focus)
    assert _chosen(page) == chosen
    page.keyboard.press("Enter")
    assert len(_sent(page)) == len(chosen)


@pytest.mark.browser
def test_page_keys_ask_for_pages_where_there_are_some(show: Callable[..., Any]) -> None:
    page = show(_rows(3), pages=True)
    page.keyboard.press("PageDown")
    page.keyboard.press("PageUp")
    assert _sent(page) == [("page", {"to": "next"}), ("page", {"to": "previous"})]


@pytest.mark.browser
def test_enter_opens_once_however_long_it_is_held(show: Callable[..., Any]) -> None:
    page = show(_rows(3))
    page.keyboard.press("ArrowDown")
    for _turn in range(3):
        page.keyboard.press("Enter")
    assert len(_sent(page)) == 1


@pytest.mark.browser
def test_a_click_chooses_its_number_or_a_double_click_opens(show: Callable[..., Any]) -> None:
    page = show(_rows(5))
    page.locator("tbody tr").nth(2).locator("td").nth(2).click()
    assert (_chosen(page), _sent(page)) == ([_id(2)], [])
    page.locator("tbody tr").nth(3).locator(".open").click()
    page.wait_for_timeout(700)
    page.locator("tbody tr").nth(4).locator("td").nth(2).dblclick()
    assert _sent(page) == [("open", {"id": _id(3)}), ("open", {"id": _id(4)})]


@pytest.mark.browser
def test_a_closed_row_does_not_open(show: Callable[..., Any]) -> None:
    page = show([_row(0, closed=True)])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator("tbody tr .open").click()
    assert _sent(page) == []


@pytest.mark.browser
def test_only_sortable_heads_ask_for_sorting(show: Callable[..., Any]) -> None:
    page = show(_rows(2))
    assert page.locator("th button").count() == 1
    assert page.locator("th").nth(0).get_attribute("aria-sort") == "ascending"
    page.locator("th button").click()
    assert _sent(page) == [("sort", {"column": "due"})]


@pytest.mark.browser
def test_new_rows_keep_the_chosen_one_and_the_focus(show: Callable[..., Any]) -> None:
    page = show(_rows(25))
    page.keyboard.press("End")
    show(_rows(25)[3:])
    assert _chosen(page) == [_id(24)]
    page.keyboard.press("ArrowUp")
    assert _chosen(page) == [_id(23)]
    show(_rows(5))
    assert _chosen(page) == []
    show(_rows(5), selected=_id(2))
    assert _chosen(page) == [_id(2)]


@pytest.mark.browser
def test_no_data_is_ever_html(show: Callable[..., Any]) -> None:
    cells = [
        left_cell(0.5, "soon", EVIL),
        link_cell(EVIL),
        text_cell(EVIL),
        code_cell(EVIL),
        number_cell(EVIL),
        {**pill_cell("review", EVIL), "tone": '"><img src=x onerror=window.evil=1>'},
    ]
    columns = [{**column, "title": EVIL} for column in COLUMNS]
    words = {name: EVIL for name in table_words()}
    page = show([{"id": EVIL, "cells": cells}], columns=columns, words=words)
    assert page.evaluate("window.evil") is None
    assert page.locator("#host img, #host script").count() == 0
    assert page.locator("tbody td").nth(2).inner_text() == EVIL
    show([], words={**words, "hint": EVIL})
    assert page.locator("#host img, #host script").count() == 0
    assert page.evaluate("window.evil") is None


@pytest.mark.browser
def test_an_empty_table_says_what_to_do(show: Callable[..., Any]) -> None:
    words = table_words() | {"empty": "چیزی نیست", "hint": "پالایه‌ها را بردارید."}
    page = show([], words=words)
    assert page.locator(".empty b").inner_text() == "چیزی نیست"
    assert page.locator(".empty p").inner_text() == "پالایه‌ها را بردارید."
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert _sent(page) == []


@pytest.mark.browser
@pytest.mark.parametrize(("lang", "side"), [("fa", "right"), ("en", "left")])
def test_the_first_column_stands_where_reading_begins(
    show: Callable[..., Any], lang: str, side: str
) -> None:
    page = show(_rows(2), lang=lang)
    first, second = (page.locator("th").nth(n).bounding_box() for n in (0, 1))
    assert (first["x"] > second["x"]) == (side == "right")
    # A masked code keeps its order in either direction.
    assert page.locator("tbody bdi").nth(1).get_attribute("dir") == "ltr"


@pytest.mark.browser
@pytest.mark.parametrize(("dense", "height"), [(False, 38), (True, 32)])
def test_rows_have_the_heights_of_the_look(
    show: Callable[..., Any], dense: bool, height: int
) -> None:
    page = show(_rows(3), dense=dense)
    assert round(page.locator("tbody tr").nth(0).bounding_box()["height"]) == height


@pytest.mark.browser
def test_the_head_stays_in_sight(show: Callable[..., Any]) -> None:
    page = show(_rows(40))
    page.keyboard.press("End")
    head = page.locator("th").nth(0).bounding_box()
    last = page.locator("tbody tr").nth(39).bounding_box()
    assert head["y"] < 60
    assert last["y"] + last["height"] <= 700
