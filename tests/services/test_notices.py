"""Notices to centres: written with the decision or return, listed, sent again by a person."""

import io
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zipfile import ZipFile

import pytest
import registered_world as world
from outbox import Kept, announced, contact, failed, notices, only, ways
from plan_world import NO_BONE, Panel, plan_of, refused, vote, word
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import AuditEvent, Person, PlanNote, Reason, User
from workbench.i18n import use_language
from workbench.persian.digits import to_persian
from workbench.rules.workflow import Role
from workbench.services.commission.rounds import PlanDefectInput, resubmit_plan, return_plan
from workbench.services.commission.votes import cast_vote
from workbench.services.notices.delivery import deliver_due
from workbench.services.notices.notices import (
    ListedNotice,
    NoticeFilter,
    NoticePlace,
    export_notices,
    may_retry,
    read_notice,
    read_notices,
    retry_notice,
)

DESK = replace(world.actor(Role.RECEPTION), user_id=900)
AUDITOR = world.actor(Role.AUDITOR)


def decide(database: Database, panel: Panel, now: datetime, marks: str = "ar") -> None:
    for member in panel.members[:2]:
        vote(database, panel, member, marks, now)


def give_back(database: Database, panel: Panel, now: datetime, *defects: PlanDefectInput) -> None:
    sent = defects or (PlanDefectInput(reason="R06", text="سفالومتری نیم‌رخ"),)
    database.in_tx(lambda s: return_plan(s, panel.members[0], panel.place, sent, now=now).id)


def listed(database: Database, actor: Any = DESK, **chosen: Any) -> tuple[ListedNotice, ...]:
    with database.reading() as session:
        return read_notices(session, actor, NoticeFilter(**chosen)).rows


def set_person(database: Database, **columns: str) -> None:
    database.in_tx(lambda s: s.execute(update(Person).values(**columns)))


def test_a_decision_announces_its_public_result(
    database: Database, panel: Panel, now: datetime
) -> None:
    decide(database, panel, now)
    plan, row = plan_of(database), only(database)
    assert (row.event, row.round, row.state, row.channel) == ("decided", 1, "waiting", "file")
    assert (row.centre_id, row.created_at, row.next_try_at) == (plan.centre_id, now, now)
    assert to_persian(plan.number) in row.text and plan.public_text in row.text
    assert NO_BONE in row.text


def test_a_return_announces_the_defects_and_that_the_clock_stands(
    database: Database, panel: Panel, now: datetime
) -> None:
    give_back(
        database, panel, now, PlanDefectInput(reason="R06", text="سفالومتری نیم‌رخ"),
        PlanDefectInput(reason="R07"),
    )  # fmt: skip
    row = only(database)
    assert row.event == "returned"
    assert "سفالومتری نیم‌رخ" in row.text and "متوقف است" in row.text
    with database.reading() as session:
        for code in ("R06", "R07"):
            assert session.get_one(Reason, code).title_fa in row.text


def test_each_round_has_its_own_notice_and_a_repeat_none(
    database: Database, panel: Panel, now: datetime
) -> None:
    give_back(database, panel, now)
    announced(database, panel, now)
    assert len(notices(database)) == 1
    database.in_tx(
        lambda s: resubmit_plan(s, None, panel.place, explanation="پیوست شد", now=now).id
    )
    give_back(database, panel, now)
    announced_so_far = [(row.round, row.event) for row in notices(database)]
    assert announced_so_far == [(1, "returned"), (2, "returned")]


def test_a_refused_decision_announces_nothing(
    database: Database, panel: Panel, now: datetime
) -> None:
    vote(database, panel, panel.members[0], "aa", now)
    refused(lambda: vote(database, panel, panel.members[0], "aa", now))
    assert notices(database) == []


def test_the_words_are_persian_whatever_the_screen_speaks(
    database: Database, panel: Panel, now: datetime
) -> None:
    use_language("en")
    try:
        decide(database, panel, now)
    finally:
        use_language("fa")
    assert "کمیسیون دندان‌پزشکی تصمیم گرفت" in only(database).text


@pytest.mark.parametrize(
    "typed",
    [
        "{code}", "{persian}", "کد {spaced} است", "({short})",
        "نرگس کریمی", "نرگس  كريمي", "کریمی نرگس", "برای نرگس‌کریمی،",
        "رأی بهمن راستین این بود",
    ],
)  # fmt: skip
def test_what_somebody_typed_names_neither_patient_nor_member(
    database: Database, panel: Panel, now: datetime, typed: str
) -> None:
    set_person(database, first_name="نرگس", last_name="کریمی")
    with database.reading() as session:
        code = session.get_one(Person, plan_of(database).person_id).national_code
    member = panel.members[0]
    database.in_tx(
        lambda s: s.execute(
            update(User).where(User.id == member.user_id).values(display_name="بهمن راستین")
        )
    )
    spaced = f"{code[:3]} {code[3:9]}-{code[9:]}"
    text = typed.format(code=code, persian=to_persian(code), spaced=spaced, short=code.lstrip("0"))
    votes = [word(1, "a"), replace(word(2, "r"), reason=f"{text} و استخوان کم است")]
    for each in panel.members[:2]:
        database.in_tx(lambda s, m=each: cast_vote(s, m, panel.place, votes, now=now))
    said = only(database).text
    assert "استخوان کم است" in said
    for hidden in (code, to_persian(code), spaced, code.lstrip("0"), "کریمی", "كريمي", "راستین"):
        assert hidden not in said


def test_another_number_stays_as_it_is(database: Database, panel: Panel, now: datetime) -> None:
    give_back(database, panel, now, PlanDefectInput(reason="R06", text="فاکتور ۱۲۳۴۵۶۷۸۹۰"))
    assert "۱۲۳۴۵۶۷۸۹۰" in only(database).text


def test_an_internal_note_never_gets_into_a_notice(
    database: Database, panel: Panel, now: datetime
) -> None:
    def work(session: Session) -> None:
        session.add(
            PlanNote(
                insurer_id=panel.place.insurer_id, plan_id=panel.place.plan_id, round=1,
                author_id=panel.chair.user_id, at=now, text="محرمانه‌ها",
            )
        )  # fmt: skip

    database.in_tx(work)
    decide(database, panel, now)
    assert "محرمانه" not in only(database).text


@pytest.mark.parametrize(
    ("mobile", "email", "channel"),
    [("09120000001", "a@b.ir", "sms"), ("", "a@b.ir", "email"), ("", "", "file")],
)
def test_the_way_is_what_the_centre_has(
    database: Database, panel: Panel, now: datetime, mobile: str, email: str, channel: str
) -> None:
    contact(database, mobile=mobile, email=email)
    decide(database, panel, now)
    assert only(database).channel == channel


def test_the_list_is_newest_first_by_pages_and_filtered(
    database: Database, panel: Panel, now: datetime
) -> None:
    announced(database, panel, now, count=5)
    rounds: list[int] = []
    after = None
    with database.reading() as session:
        while True:
            page = read_notices(session, DESK, NoticeFilter(), after=after, size=2)
            assert page.total == 5
            rounds += [row.round for row in page.rows]
            if page.next_key is None:
                break
            after = page.next_key
        back = read_notices(session, DESK, NoticeFilter(), before=page.previous_key, size=2)
    assert rounds == [5, 4, 3, 2, 1]
    assert [row.round for row in back.rows] == [3, 2]
    assert len(listed(database, state="waiting")) == 5
    assert listed(database, state="sent") == () and listed(database, state="failed") == ()
    number = plan_of(database).number
    assert len(listed(database, plan_number=to_persian(number))) == 5
    assert listed(database, plan_number="0") == ()
    assert refused(lambda: read_page(database, "x")).code == "page_unknown"


def read_page(database: Database, after: str) -> None:
    with database.reading() as session:
        read_notices(session, DESK, NoticeFilter(), after=after)


def test_another_insurers_notices_look_like_none(
    database: Database, panel: Panel, now: datetime
) -> None:
    announced(database, panel, now)
    (row,) = listed(database)
    stranger = replace(DESK, insurer_ids=frozenset({row.insurer_id + 1}))
    own = replace(DESK, insurer_ids=frozenset({row.insurer_id}))
    for state in (None, "waiting"):
        assert listed(database, stranger, state=state) == ()
        assert len(listed(database, own, state=state)) == 1
    with database.reading() as session:
        assert read_notice(session, own, row.place).text == "نقص مدرک"
        found = refused(lambda: read_notice(session, stranger, row.place))
    assert found.code == "notice_not_found"
    again = refused(lambda: retry(database, row.place, now, stranger))
    assert again.code == "notice_not_found"


def retry(database: Database, place: NoticePlace, now: datetime, actor: Any = DESK) -> None:
    database.in_tx(lambda s: retry_notice(s, actor, place, now=now))


def give_up(database: Database, panel: Panel, now: datetime) -> ListedNotice:
    contact(database)
    announced(database, panel, now)
    deliver_due(database, ways(sms=Kept(failures=[failed("refused", is_permanent=True)])), now=now)
    (row,) = listed(database, state="failed")
    return row


def test_a_person_has_a_failed_one_sent_again_once(
    database: Database, panel: Panel, now: datetime
) -> None:
    row, later, sms = give_up(database, panel, now), now + timedelta(hours=1), Kept()
    assert may_retry(DESK, row) and not may_retry(AUDITOR, row)
    for _click in range(2):
        retry(database, row.place, later)
    assert (only(database).state, only(database).attempts) == ("waiting", 0)
    assert deliver_due(database, ways(sms=sms), now=later).sent == 1
    assert len(sms.messages) == 1
    sent = refused(lambda: retry(database, row.place, later))
    assert (sent.code, sent.facts["sent_at"]) == ("notice_sent_already", later)
    with database.reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "notice.retry"))
        (event,) = events
    assert event.actor_id == DESK.user_id
    assert set(event.facts) == {"plan", "round", "event", "channel"}


def test_a_late_second_click_does_not_try_what_failed_anew(
    database: Database, panel: Panel, now: datetime
) -> None:
    row, later = give_up(database, panel, now), now + timedelta(minutes=1)
    retry(database, row.place, later)
    unknown = Kept(failures=[failed("unknown_outcome", is_permanent=True)])
    deliver_due(database, ways(sms=unknown), now=later)
    assert refused(lambda: retry(database, row.place, later)).code == "notice_changed"
    assert only(database).state == "failed"


READERS = {Role.RECEPTION, Role.LEAD, Role.CHAIR, Role.COMMISSION, Role.MANAGER, Role.AUDITOR}


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_who_reads_and_who_retries(
    database: Database, panel: Panel, now: datetime, role: Role
) -> None:
    row, actor = give_up(database, panel, now), world.actor(role)
    if role in READERS:
        assert len(listed(database, actor)) == 1
    else:
        assert refused(lambda: listed(database, actor)).code == "not_permitted"
    if role in {Role.RECEPTION, Role.LEAD, Role.CHAIR}:
        retry(database, row.place, now, actor)
        assert only(database).state == "waiting"
    else:
        assert refused(lambda: retry(database, row.place, now, actor)).code == "not_permitted"


def test_the_export_has_the_texts_and_is_on_the_record(
    database: Database, panel: Panel, now: datetime
) -> None:
    announced(database, panel, now, count=2)

    def work(session: Session) -> bytes:
        return export_notices(session, DESK, NoticeFilter(), now=now)

    with ZipFile(io.BytesIO(database.in_tx(work))) as book:
        strings = book.read("xl/sharedStrings.xml").decode()
    assert "نقص مدرک" in strings and "در انتظار ارسال" in strings
    with database.reading() as session:
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "notice.export")
        ).one()
        assert event.facts == {"rows": 2}
