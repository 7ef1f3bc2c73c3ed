"""The form of a line where the column is narrow."""

import pytest
from staging import make_case, make_line

pytestmark = pytest.mark.browser


def test_the_way_out_of_the_form_is_in_sight_in_a_narrow_column_with_long_words(open_stage):
    stage = open_stage("lines")
    stage.words = stage.words | {"restore": "As the centre requested it"}
    stage.page.evaluate("document.getElementById('host').style.width = '440px'")
    stage.page.set_viewport_size({"width": 1280, "height": 800})
    stage.update(make_case(make_line(1)))
    stage.press("F2")
    close = stage.page.locator(".tabs .tool").last.bounding_box()
    form = stage.page.locator(".edit").bounding_box()
    assert form["x"] <= close["x"]
    assert close["x"] + close["width"] <= form["x"] + form["width"]
