"""A bare page in a real browser that mounts one component as Streamlit would."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from staging import COMPONENTS, HOST, PAGE, STATIC, Stage, answer

from workbench.ui.components.assets import script, style


@pytest.fixture
def open_stage(chromium: Any) -> Iterator[Callable[..., Stage]]:
    """``open_stage("lines", extra="<textarea>…")`` gives the stage of one component."""
    pages: list[Any] = []
    errors: list[str] = []

    def open_(component: str, extra: str = "", **context: Any) -> Stage:
        entry, sheets, words = COMPONENTS[component]
        page = chromium.new_page(viewport={"width": 1920, "height": 1000}, **context)
        pages.append(page)
        stage = Stage(page, words())
        files = {
            "/": ("text/html", PAGE.format(extra=extra)),
            "/component.js": ("text/javascript", script(entry)),
            "/component.css": ("text/css", style(*sheets)),
            "/tokens.css": ("text/css", (STATIC / "tokens.css").read_text("utf-8")),
            "/app.css": ("text/css", (STATIC / "app.css").read_text("utf-8")),
        }
        page.route("**/*", lambda route: answer(route, files, stage))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{HOST}/")
        page.wait_for_function("window.ready")
        return stage

    yield open_
    for page in pages:
        page.close()
    assert errors == [], "no script may fail"
