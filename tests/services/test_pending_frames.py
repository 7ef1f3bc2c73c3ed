"""Frames without a reason yet: kept as drafts, merged over windows, gone when they are attached."""

from dataclasses import replace
from datetime import datetime

import pytest
from people import add

from workbench.db.engine import Database
from workbench.rules.facts import Cite
from workbench.services.desk.drafts import delete_drafts, drafts, save_draft
from workbench.services.images.pending_frames import change_frames, frames_in

KEY = "case:1-7:frames"
FIRST = Cite(image=1, left=4000, top=2500, width=1200, height=3000)
SECOND = Cite(image=2, left=0, top=0, width=100, height=100)


@pytest.fixture
def user_id(database: Database, now: datetime) -> int:
    return add(database, now).user_id


def _change(
    database: Database,
    user_id: int,
    now: datetime,
    *,
    drawn: tuple[Cite, ...] = (),
    gone: tuple[Cite, ...] = (),
    key: str = KEY,
) -> None:
    database.in_tx(lambda s: change_frames(s, user_id, key, drawn=drawn, gone=gone, now=now))


def _kept(database: Database, user_id: int, images: tuple[int, ...] = (1, 2)) -> tuple[Cite, ...]:
    with database.reading() as session:
        return frames_in(drafts(session, user_id, KEY).get(KEY, ""), images)


def test_what_was_drawn_is_there_again_in_its_order(
    database: Database, user_id: int, now: datetime
) -> None:
    _change(database, user_id, now, drawn=(SECOND,))
    _change(database, user_id, now, drawn=(FIRST,))
    assert _kept(database, user_id) == (SECOND, FIRST)


def test_a_window_that_knows_nothing_of_the_other_ones_frames_takes_none_away(
    database: Database, user_id: int, now: datetime
) -> None:
    _change(database, user_id, now, drawn=(FIRST,))
    _change(database, user_id, now, drawn=(SECOND,), gone=(replace(SECOND, left=50),))
    assert _kept(database, user_id) == (FIRST, SECOND)


def test_a_frame_drawn_twice_is_one_frame(database: Database, user_id: int, now: datetime) -> None:
    for _time in range(2):
        _change(database, user_id, now, drawn=(FIRST, FIRST))
    assert _kept(database, user_id) == (FIRST,)


def test_the_last_frame_that_goes_leaves_no_draft(
    database: Database, user_id: int, now: datetime
) -> None:
    _change(database, user_id, now, drawn=(FIRST, SECOND))
    _change(database, user_id, now, gone=(FIRST,))
    assert _kept(database, user_id) == (SECOND,)
    _change(database, user_id, now, gone=(SECOND, FIRST))
    with database.reading() as session:
        assert drafts(session, user_id, "") == {}


def test_a_frame_on_an_image_the_case_has_not_is_left_out(
    database: Database, user_id: int, now: datetime
) -> None:
    _change(database, user_id, now, drawn=(FIRST, SECOND))
    assert _kept(database, user_id, images=(2,)) == (SECOND,)


def test_frames_are_each_users_and_each_cases_own(
    database: Database, user_id: int, now: datetime
) -> None:
    other = add(database, now, "second").user_id
    _change(database, user_id, now, drawn=(FIRST,))
    _change(database, user_id, now, drawn=(SECOND,), key="case:1-70:frames")
    assert _kept(database, other) == ()
    _change(database, user_id, now, gone=(FIRST,))
    with database.reading() as session:
        assert list(drafts(session, user_id, "")) == ["case:1-70:frames"]


def test_frames_go_with_the_words_of_a_case_that_was_returned(
    database: Database, user_id: int, now: datetime
) -> None:
    _change(database, user_id, now, drawn=(FIRST,))
    database.in_tx(lambda s: delete_drafts(s, user_id, "case:1-7:"))
    assert _kept(database, user_id) == ()


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "7",
        "[7]",
        "null",
        '[{"image": 1}]',
        '[{"image": 1, "left": 9999, "top": 0, "width": 100, "height": 100}]',
        '[{"image": 1, "left": "0", "top": 0, "width": 100, "height": 100}]',
        '[{"image": [], "left": 0, "top": 0, "width": 100, "height": 100}]',
    ],
)
def test_a_draft_that_holds_no_frames_hides_and_breaks_nothing(
    database: Database, user_id: int, now: datetime, text: str
) -> None:
    database.in_tx(lambda s: save_draft(s, user_id, KEY, text, now=now))
    assert _kept(database, user_id) == ()
    _change(database, user_id, now, drawn=(FIRST,))
    assert _kept(database, user_id) == (FIRST,)
