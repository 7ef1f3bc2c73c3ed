"""Where a point of the image lies on the screen, and back, under zoom, turn and mirror."""

from math import isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.ui.components.assets import script

pytestmark = pytest.mark.browser

PLACES = """([views, points, image, box]) => views.map((view, index) => {
  const scale = moves.fitScale(image, box, view.turn);
  const [dx, dy] = points[index];
  const there = moves.project(view, scale, dx, dy);
  const matrix = new DOMMatrix(moves.cssTransform(view, scale, box, image));
  const css = matrix.transformPoint({x: image.width / 2 + dx, y: image.height / 2 + dy});
  return {
    there, back: moves.unproject(view, scale, ...there),
    css: [css.x - box.width / 2, css.y - box.height / 2],
    cover: moves.projectRect(view, scale, image, [0, 0, 100, 100]),
  };
})"""
views = st.fixed_dictionaries(
    {
        "zoom": st.floats(0.5, 12),
        "x": st.floats(-2000, 2000),
        "y": st.floats(-2000, 2000),
        "turn": st.integers(0, 3),
        "isMirrored": st.booleans(),
    }
)
HANDED = "fitScale, project, unproject, projectRect, cssTransform, mirror, turn"
offsets = st.tuples(st.floats(-3000, 3000), st.floats(-3000, 3000))


@pytest.fixture(scope="module")
def moves(chromium):
    """A page that has the functions of ``viewer_moves.js`` as ``moves``."""
    page = chromium.new_page()
    page.evaluate(
        "text => { window.moves = new Function(text)(); }",
        f"{script('viewer_moves.js')}\nreturn {{{HANDED}}};",
    )
    yield page
    page.close()


@given(
    cases=st.lists(st.tuples(views, offsets), min_size=1, max_size=20),
    size=st.tuples(st.integers(40, 6000), st.integers(40, 6000)),
    box=st.tuples(st.integers(100, 1900), st.integers(100, 1000)),
)
@settings(max_examples=120)
def test_the_way_back_leads_to_the_same_point_and_the_browser_agrees(moves, cases, size, box):
    image = {"width": size[0], "height": size[1]}
    frame = {"width": box[0], "height": box[1]}
    points = [point for _, point in cases]
    found = moves.evaluate(PLACES, [[view for view, _ in cases], points, image, frame])
    for (view, point), place in zip(cases, found, strict=True):
        assert_near(place["back"], point, "back")
        assert_near(place["css"], place["there"], "css")
        turned = size if view["turn"] % 2 == 0 else size[::-1]
        scale = min(box[0] / turned[0], box[1] / turned[1]) * view["zoom"]
        assert isclose(place["cover"]["width"], turned[0] * scale, rel_tol=1e-6)
        assert isclose(place["cover"]["height"], turned[1] * scale, rel_tol=1e-6)


def assert_near(found, wanted, name):
    for got, want in zip(found, wanted, strict=True):
        assert isclose(got, want, rel_tol=1e-6, abs_tol=1e-3), (name, found, wanted)


@given(view=views, point=offsets)
@settings(max_examples=120)
def test_mirroring_exchanges_left_and_right_on_the_screen(moves, view, point):
    before, after, again = moves.evaluate(
        """([view, [dx, dy]]) => {
          const state = {repaint: () => {}};
          const at = () => moves.project(view, 0.5, dx, dy);
          const found = [at()];
          for (let time = 0; time < 2; time += 1) { moves.mirror(state, {view}); found.push(at()); }
          return found;
        }""",
        [view, point],
    )
    assert_near(after, [-before[0], before[1]], "mirrored")
    assert_near(again, before, "mirrored twice")


@given(view=views, point=offsets)
@settings(max_examples=120)
def test_a_turn_is_a_quarter_clockwise_on_the_screen_mirrored_or_not(moves, view, point):
    before, after = moves.evaluate(
        """([view, [dx, dy]]) => {
          const pane = {view};
          const at = () => moves.project(view, 0.5, dx, dy);
          const before = at();
          moves.turn({repaint: () => {}, panes: [pane], isPair: false}, pane);
          return [before, at()];
        }""",
        [view, point],
    )
    assert_near(after, [-before[1], before[0]], "turned")
