"""What must not leave the commission: its internal notes, and votes before the quorum is there."""

import ast
from datetime import datetime, timedelta
from pathlib import Path

import house_outputs as outputs
import pytest
import registered_world as world
from plan_world import NO_BONE, Panel, decide, plan_of, vote, word
from sqlalchemy.orm import Session

import workbench
from workbench.db.engine import Database
from workbench.evidence.store import EvidenceStore
from workbench.persian.digits import to_ascii
from workbench.persian.jalali import day_of
from workbench.rules.facts import EvidenceKind
from workbench.rules.panel import Choice
from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.services.commission.notes import add_plan_note
from workbench.services.commission.reading import read_plan
from workbench.services.commission.rounds import PlanDefectInput, resubmit_plan, return_plan
from workbench.services.commission.seats import Replacement
from workbench.services.commission.votes import UnitVote, cast_vote, replace_on_panel

SECRET = "SurgicalGuide4711"  # Latin, so that the text of a PDF gives it back in one piece
BLIND = "BoneTooThin0815"
INSIDERS = (Role.COMMISSION, Role.CHAIR, Role.LEAD)
OUTSIDERS = tuple(role for role in Role if role not in INSIDERS)
HOUR = timedelta(hours=1)
NOTES_READERS = {
    "db/models/__init__.py",
    "db/models/plan.py",
    "db/queries/plan_page.py",
    "services/commission/notes.py",
}


def note(database: Database, panel: Panel, at: datetime) -> None:
    author = panel.members[0]
    database.in_tx(lambda s: add_plan_note(s, author, panel.place, text=SECRET, now=at))


def bill(database: Database, now: datetime) -> None:
    """An implant of the plan is billed under its letter, in a batch."""

    def work(session: Session) -> None:
        world.batch(session, now, outputs.BATCH)
        line = world.line(
            code="610", tooth=36, surfaces="", unit_price_rial=98_000_000, service_on=day_of(now)
        )
        claim = world.indirect(
            number=outputs.CASE, case_on=day_of(now), lines=(line,), registered_at=now,
            images=(world.image(80, "opg2.jpg", kind=EvidenceKind.PANORAMIC),),
        )  # fmt: skip
        world.register_claim(session, None, claim, now=now)

    database.in_tx(work)


def through_all_it_can_meet(database: Database, panel: Panel, now: datetime) -> datetime:
    """A noted plan is returned, comes back, loses a member, ties, is decided late and billed."""
    first, second, third, _fourth = panel.members
    note(database, panel, now)
    defect = PlanDefectInput(reason="R06", text="سفالومتری")
    database.in_tx(lambda s: return_plan(s, first, panel.place, [defect], now=now + HOUR).id)
    more = (world.image(90, "ceph.jpg", kind=EvidenceKind.CEPHALOMETRIC),)
    database.in_tx(
        lambda s: (
            resubmit_plan(
                s, None, panel.place, images=more, explanation="پیوست شد", now=now + 2 * HOUR
            ).id
        )
    )
    note(database, panel, now + 2 * HOUR)
    vote(database, panel, first, "ar", now + 3 * HOUR)
    change = Replacement(member_id=first.user_id, reason="مرخصی", by_id=third.user_id)
    database.in_tx(
        lambda s: replace_on_panel(s, panel.chair, panel.place, change, now=now + 3 * HOUR).id
    )
    vote(database, panel, second, "ar", now + 3 * HOUR)
    vote(database, panel, third, "aa", now + 3 * HOUR)
    late_at = plan_of(database).due_at + HOUR
    decide(database, panel, late_at, casting=[word(2, "r")], late_reason="دو عضو در مرخصی بودند")
    note(database, panel, late_at)
    bill(database, late_at)
    return late_at + HOUR


def shown_digits(text: str) -> str:
    """The digits as typed, those of a PDF, which come back from their end, too."""
    latin = to_ascii(text)
    return latin + latin[::-1]


def test_an_internal_note_is_in_no_output_of_the_house(
    database: Database, panel: Panel, now: datetime, store: EvidenceStore, tmp_path: Path
) -> None:
    at = through_all_it_can_meet(database, panel, now)
    subject = outputs.about(database, panel.place, SECRET)
    got: dict[str, str] = {}
    for role in OUTSIDERS:
        texts = outputs.shown_to(database, world.actor(role), subject, at)
        leaks = [name for name, text in texts.items() if SECRET in text]
        assert not leaks, (role, leaks)
        got |= texts
    assert set(got) == set(outputs.OUTPUTS), "an output that nobody got was not searched"
    for name in ("plan", "minutes", "inbox", "inbox as a file", "trail as XLSX", "notices"):
        assert subject.number in shown_digits(got[name]), name
    assert SECRET not in outputs.sent_out(database, store, tmp_path, at)
    assert SECRET in outputs.rows_of(database), "it was never written"
    assert SECRET not in outputs.rows_of(database, "plan_note")
    for role in INSIDERS:
        texts = outputs.shown_to(database, world.actor(role), subject, at)
        assert [name for name, text in texts.items() if SECRET in text] == ["plan"], role


def test_the_notes_are_read_at_one_place_only() -> None:
    package = Path(workbench.__file__).parent
    found = set()
    for path in package.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        names |= {
            node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef | ast.alias)
        }
        if "PlanNote" in names:
            found.add(str(path.relative_to(package)))
    assert found == NOTES_READERS


def blind_vote(database: Database, panel: Panel, member: Actor, now: datetime) -> None:
    votes = [
        UnitVote(unit_number=1, choice=Choice.REJECT, reason=BLIND),
        UnitVote(unit_number=2, choice=Choice.APPROVE),
    ]
    database.in_tx(lambda s: cast_vote(s, member, panel.place, votes, now=now))


def test_one_vote_is_in_no_output_until_the_quorum_is_there(
    database: Database, panel: Panel, now: datetime, store: EvidenceStore, tmp_path: Path
) -> None:
    voter, other = panel.members[:2]
    blind_vote(database, panel, voter, now)
    bill(database, now)
    subject = outputs.about(database, panel.place, BLIND)
    readers = [world.actor(role) for role in Role] + [other, panel.chair]
    for reader in readers:
        texts = outputs.shown_to(database, reader, subject, now)
        leaks = [name for name, text in texts.items() if BLIND in text]
        assert not leaks, (reader.roles, leaks)
    assert BLIND not in outputs.sent_out(database, store, tmp_path / "early", now)
    assert BLIND not in outputs.rows_of(database, "plan_vote")
    vote(database, panel, other, "aa", now)
    open_now = outputs.shown_to(database, panel.chair, subject, now)
    assert [name for name, text in open_now.items() if BLIND in text] == ["plan"]


def test_votes_stay_blind_when_a_round_ends_before_its_quorum(
    database: Database, panel: Panel, now: datetime, store: EvidenceStore, tmp_path: Path
) -> None:
    voter, other, third, _fourth = panel.members
    blind_vote(database, panel, voter, now)
    defect = PlanDefectInput(reason="R06")
    database.in_tx(lambda s: return_plan(s, other, panel.place, [defect], now=now).id)
    bill(database, now)
    subject = outputs.about(database, panel.place, BLIND)
    for reader in (other, panel.chair, world.actor(Role.AUDITOR)):
        texts = outputs.shown_to(database, reader, subject, now)
        assert not [name for name, text in texts.items() if BLIND in text], reader.roles
    database.in_tx(
        lambda s: resubmit_plan(s, None, panel.place, explanation="پیوست شد", now=now + HOUR).id
    )
    for member in (other, third):
        vote(database, panel, member, "aa", now + HOUR)
    for reader in (other, panel.chair, world.actor(Role.AUDITOR)):
        texts = outputs.shown_to(database, reader, subject, now + HOUR)
        assert not [name for name, text in texts.items() if BLIND in text], reader.roles
    assert BLIND not in outputs.sent_out(database, store, tmp_path, now + HOUR)


@pytest.mark.parametrize("is_replaced", [False, True])
def test_below_the_quorum_again_votes_are_blind_again(
    database: Database, panel: Panel, now: datetime, is_replaced: bool
) -> None:
    """Two votes are the quorum; when one of the two members is replaced, one is left."""
    voter, other = panel.members[:2]
    blind_vote(database, panel, voter, now)
    vote(database, panel, other, "ar", now)
    if is_replaced:
        change = Replacement(member_id=other.user_id, reason="مرخصی")
        database.in_tx(lambda s: replace_on_panel(s, panel.chair, panel.place, change, now=now).id)
    with database.reading() as session:
        seen = outputs.text_of(read_plan(session, world.actor(Role.CHAIR), panel.place, now=now))
    assert (BLIND in seen) == (not is_replaced)
    assert (NO_BONE in seen) == (not is_replaced)
