"""The minutes of a decided plan: names, reasons, the chair's word, never a note; on the record."""

import io
import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import registered_world as world
from plan_world import (
    CLERK,
    NO_BONE,
    Panel,
    compare_images,
    decide,
    plan,
    plan_of,
    refused,
    unit,
    vote,
    word,
)
from pypdf import PdfReader
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import AuditEvent, Person, PlanNote, User
from workbench.i18n import language, use_language
from workbench.persian.identifiers import mask_national_code
from workbench.persian.rial import format_rial
from workbench.rules.facts import Cite
from workbench.rules.teeth import ALL_TEETH
from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.services.batches.words import on_paper
from workbench.services.commission.access import PlanPlace
from workbench.services.commission.minutes import _content, plan_minutes
from workbench.services.commission.minutes_facts import MinutesFacts, minutes_facts
from workbench.services.commission.rounds import PlanDefectInput, resubmit_plan, return_plan
from workbench.services.commission.seats import Replacement
from workbench.services.commission.submission import submit_plan
from workbench.services.commission.votes import UnitVote, cast_vote, replace_on_panel

SECRET = "محرمانه‌ای"
NAMES = ("سهراب نخست", "ژاله دوم", "کاوه سوم", "مینا چهارم")
CHAIR = "پروین رئیسی"


@pytest.fixture
def named(database: Database, panel: Panel) -> Panel:
    """The panel with names that can be found again."""

    def work(session: Session) -> None:
        for member, name in zip((*panel.members, panel.chair), (*NAMES, CHAIR), strict=True):
            session.execute(update(User).where(User.id == member.user_id).values(display_name=name))

    database.in_tx(work)
    return panel


def printed(database: Database, panel: Panel, now: datetime, actor: Actor | None = None) -> bytes:
    reader = actor or panel.chair
    return database.in_tx(lambda s: plan_minutes(s, reader, panel.place, now=now))


def pages_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def holds(text: str, words: str) -> bool:
    """Whether all the words are there; pypdf sets them apart in another order."""
    return all(word in text for word in words.split())


def drawn(text: str) -> str:
    """Persian digits as pypdf gives them back: each run of digits from its end."""
    return re.sub("[۰-۹]+", lambda run: run[0][::-1], text)


def facts_of(database: Database) -> MinutesFacts:
    with database.reading() as session:
        return minutes_facts(session, plan_of(database))


def said_by(database: Database, now: datetime) -> dict[str, Any]:
    facts = facts_of(database)
    with on_paper():
        return _content(facts, now)


def tied(database: Database, panel: Panel, now: datetime) -> None:
    """Two votes that differ about the second unit, ended by the chair's refusal."""
    vote(database, panel, panel.members[0], "am", now)
    vote(database, panel, panel.members[1], "aa", now)
    decide(database, panel, now + timedelta(hours=3), casting=[word(2, "r")])


def test_the_paper_names_votes_reasons_and_result(
    database: Database, named: Panel, now: datetime
) -> None:
    tied(database, named, now)
    text = "\n".join(pages_of(printed(database, named, now)))
    for said in (NAMES[0], NAMES[1], CHAIR, "قاطع رئیس", "صورت‌جلسه", "استخوان کافی"):
        assert holds(text, said), said
    assert drawn(format_rial(98_000_000, "fa")) in text
    assert not holds(text, NAMES[2])
    event = facts_of(database).event_hash
    assert event in text.replace("\n", "")


def test_votes_units_and_sums_are_those_of_the_decision(
    database: Database, named: Panel, now: datetime
) -> None:
    tied(database, named, now)
    facts, said = facts_of(database), said_by(database, now)
    assert [
        [(v.member, v.choice, v.is_casting, v.changed_rial) for v in each.votes]
        for each in facts.units
    ] == [
        [(NAMES[0], "approve", False, None), (NAMES[1], "approve", False, None)],
        [
            (NAMES[0], "modify", False, 39_000_000),
            (NAMES[1], "approve", False, None),
            (CHAIR, "reject", True, None),
        ],
    ]
    assert [(each.choice, each.approved_rial) for each in facts.units] == [
        ("approve", 98_000_000),
        ("reject", None),
    ]
    assert said["unit_sums"] == {
        "label": "جمع",
        "asked": format_rial(196_000_000, "fa"),
        "approved": format_rial(98_000_000, "fa"),
    }
    assert said["units"][1]["reason"] == NO_BONE and said["result"] == plan_of(database).public_text
    assert said["signatures"] == [*NAMES[:2], CHAIR]
    assert (said["late"], said["late_reason"]) == ("", "")
    assert "۳ عضو دارد" in said["rule"] and "۲ عضو رأی داده‌اند" in said["rule"]


def test_a_modification_is_shown_with_its_service_and_amount(
    database: Database, named: Panel, now: datetime
) -> None:
    for member in named.members[:2]:
        vote(database, named, member, "am", now)
    (_first, second) = facts_of(database).units
    assert (second.approved_rial, "(۶۲۰)" in second.approved_title) == (39_000_000, True)
    assert "(۶۱۰)" in second.title


def test_the_header_masks_the_national_code(
    database: Database, named: Panel, now: datetime
) -> None:
    tied(database, named, now)
    with database.reading() as session:
        code = session.get_one(Person, plan_of(database).person_id).national_code
    said = str(said_by(database, now))
    digits = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    assert mask_national_code(code).translate(digits) in said
    assert code not in said and code.translate(digits) not in said


def test_a_late_decision_says_so_and_why(database: Database, named: Panel, now: datetime) -> None:
    late_at = plan_of(database).due_at + timedelta(seconds=1)
    for member in named.members[:2]:
        vote(database, named, member, "aa", late_at)
    decide(database, named, late_at, late_reason="دو عضو در مرخصی بودند")
    said = said_by(database, now)
    assert (said["late"], said["late_reason"]) == ("تصمیم پس از مهلت", "دو عضو در مرخصی بودند")
    assert said["rounds"][0]["cells"][5] == "۴۸ ساعت"


def test_each_round_stands_with_its_instants_hours_and_defects(
    database: Database, named: Panel, now: datetime
) -> None:
    defects = [PlanDefectInput(reason="R06", text="سفالومتری نیم‌رخ")]
    back_at = now + timedelta(hours=2, minutes=30)
    database.in_tx(lambda s: return_plan(s, named.members[0], named.place, defects, now=back_at).id)
    again_at = back_at + timedelta(days=1)
    database.in_tx(
        lambda s: resubmit_plan(s, CLERK, named.place, explanation="آمد", now=again_at).id
    )
    for member in named.members[:2]:
        vote(database, named, member, "aa", again_at)
    first, second = said_by(database, now)["rounds"]
    assert first["cells"][5:] == ["۲ ساعت و ۳۰ دقیقه", "عودت"]
    assert "سفالومتری نیم‌رخ" in first["reason"] and second["reason"] == ""
    assert second["cells"][5:] == ["۰ ساعت", "تصمیم گرفته شد"]
    assert [each.number for each in facts_of(database).rounds] == [1, 2]


def test_a_replaced_member_is_named_and_his_vote_does_not_count(
    database: Database, named: Panel, now: datetime
) -> None:
    first, second, third, _fourth = named.members
    vote(database, named, first, "aa", now)
    change = Replacement(member_id=first.user_id, reason="مرخصی")
    database.in_tx(lambda s: replace_on_panel(s, named.chair, named.place, change, now=now).number)
    for member in (second, third):
        vote(database, named, member, "aa", now)
    said = said_by(database, now)
    (line,) = said["replaced"]
    assert NAMES[0] in line and CHAIR in line and "مرخصی" in line
    assert said["votes"][0]["cells"][3] == "تایید (جایگزین شد، شمرده نمی‌شود)"
    assert said["signatures"] == [NAMES[1], NAMES[2]] and "۲ عضو رأی داده‌اند" in said["rule"]


def test_an_internal_note_is_not_in_it(database: Database, named: Panel, now: datetime) -> None:
    tied(database, named, now)
    before = printed(database, named, now)

    def work(session: Session) -> None:
        session.add(
            PlanNote(
                insurer_id=named.place.insurer_id, plan_id=named.place.plan_id, round=1,
                author_id=named.chair.user_id, at=now, text=SECRET,
            )
        )  # fmt: skip

    database.in_tx(work)
    after = printed(database, named, now)
    assert after == before
    text = "\n".join(pages_of(after))
    assert holds(text, NAMES[0]) and not holds(text, SECRET)


def test_thirty_units_stand_on_several_pages_each_with_its_number(
    database: Database, named: Panel, now: datetime
) -> None:
    teeth = sorted(tooth for tooth in ALL_TEETH if tooth < 50)[:30]
    units = tuple(unit(number, tooth) for number, tooth in enumerate(teeth, 1))

    def work(session: Session) -> PlanPlace:
        images = tuple(
            world.image(100 + n, f"{image.kind}.jpg", kind=image.kind)
            for n, image in enumerate(plan().images)
        )
        row = submit_plan(session, None, plan(units=units, images=images), now=now)
        compare_images(session)
        return PlanPlace(insurer_id=row.insurer_id, plan_id=row.id)

    large = replace(named, place=database.in_tx(work))
    votes = [word(number, "r") for number in range(1, 31)]
    long = [replace(each, reason=("استخوان " * 250).strip()) for each in votes]
    for member, given in ((named.members[0], long), (named.members[1], votes)):
        database.in_tx(lambda s, m=member, v=given: _cast(s, m, large, v, now))
    pages = pages_of(printed(database, large, now))
    assert len(pages) >= 4
    assert sum(holds(page, NAMES[0]) for page in pages) >= 2
    assert holds(pages[-1], NAMES[1]), "the signatures are on the last page"
    assert all(drawn(f"{len(pages)}".translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))) in p
               for p in pages)  # fmt: skip


def _cast(
    session: Session, member: Actor, panel: Panel, votes: list[UnitVote], now: datetime
) -> bool:
    return cast_vote(session, member, panel.place, votes, now=now).is_decided


def test_the_same_plan_gives_the_same_bytes_and_an_event_each(
    database: Database, named: Panel, now: datetime
) -> None:
    tied(database, named, now)
    first = printed(database, named, now)
    use_language("en")
    try:
        assert printed(database, named, now, named.members[3]) == first
        assert language() == "en"
    finally:
        use_language("fa")
    assert printed(database, named, now + timedelta(days=1)) != first
    with database.reading() as session:
        events = session.scalars(
            select(AuditEvent)
            .where(AuditEvent.action == "plan.minutes")
            .order_by(AuditEvent.sequence)
        ).all()
    readers = [named.chair.user_id, named.members[3].user_id, named.chair.user_id]
    assert [event.actor_id for event in events] == readers
    assert set(events[0].facts) == {"plan", "round"}


def test_a_plan_that_is_not_decided_has_none(
    database: Database, named: Panel, now: datetime
) -> None:
    assert refused(lambda: printed(database, named, now)).code == "plan_not_decided"


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_who_may_have_them(database: Database, named: Panel, now: datetime, role: Role) -> None:
    tied(database, named, now)
    actor = world.actor(role)
    if role in {Role.COMMISSION, Role.CHAIR, Role.LEAD, Role.MANAGER, Role.AUDITOR}:
        assert printed(database, named, now, actor).startswith(b"%PDF")
    else:
        assert refused(lambda: printed(database, named, now, actor)).code == "not_permitted"
    stranger = replace(named.chair, insurer_ids=frozenset({named.place.insurer_id + 1}))
    assert refused(lambda: printed(database, named, now, stranger)).code == "plan_not_found"


def test_reasons_name_the_frames_they_rest_on(
    database: Database, panel: Panel, now: datetime
) -> None:
    frame = Cite(image=1, left=4000, top=2500, width=1200, height=3000)
    votes = [replace(word(1, "r"), cites=(frame,)), word(2, "a")]
    for member in panel.members[:2]:
        database.in_tx(lambda s, m=member: cast_vote(s, m, panel.place, votes, now=now))
    with on_paper():
        first, second = facts_of(database).units
    assert first.reason.endswith(" · تصویر ۱، کادر ۱")
    assert [each.reason for each in first.votes] == [first.reason] * 2
    assert "کادر" not in second.reason
