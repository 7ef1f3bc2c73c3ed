"""Whole situations for tests, made through the services: a staffed desk, claims in any state.

``build_claim`` is the one way in: it registers, receives, takes, assesses and finishes or returns,
step by step, each in a transaction of its own as at the real desk.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from tests.services import registered_world as world
from tests.services.desk import user
from workbench.db.engine import Database
from workbench.db.models import Claim
from workbench.rules.finding import ProposalKind
from workbench.rules.workflow import ClaimState, Role
from workbench.services.access import Actor
from workbench.services.batches import receipt
from workbench.services.claims import assessing, deciding, registration, taking
from workbench.services.claims.assessing import Place
from workbench.services.claims.content import LineRequest
from workbench.services.claims.facts import assess

BATCH = "366590"
Work = Callable[[Session, Actor, Place], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who works here: one real user a role."""

    reception: Actor
    assessor: Actor
    lead: Actor
    finance: Actor
    manager: Actor
    auditor: Actor
    admin: Actor
    commission: Actor
    chair: Actor

    def everyone(self) -> dict[Role, Actor]:
        """Role → the user who has it and no other."""
        return {role: getattr(self, role.value) for role in Role}


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A built claim."""

    insurer_id: int
    claim_id: int
    number: str


def build_desk(database: Database, now: datetime) -> Desk:
    """The small world of ``registered_world`` with a user for each role."""

    def work(session: Session) -> Desk:
        world.build(session, now - timedelta(days=20))
        return Desk(**{role.value: user(session, now, f"{role}-1", role) for role in Role})

    return database.in_tx(work)


def build_batch(database: Database, now: datetime, number: str = BATCH) -> None:
    """An empty batch of the centre, sent ten days ago."""
    database.in_tx(lambda session: world.batch(session, now, number))


def build_claim(
    database: Database,
    desk: Desk,
    now: datetime,
    number: str,
    *,
    to: ClaimState = ClaimState.READY_TO_SEND,
    lines: Sequence[LineRequest] | None = None,
    work: Sequence[Work] = (),
    acceptance_number: str | None = BATCH,
    reserve_rial: int | None = None,
) -> Key:
    """A claim in state ``to``; ``acceptance_number`` None makes it a direct one.

    An indirect claim gets a referral of its own (``reserve_rial``: what it reserves). Beyond
    ``ready_to_send`` its batch must have been received, or is received now with all it holds.
    ``work`` is what the assessor does to it before he finishes or returns.
    """
    key = database.in_tx(
        lambda session: _register(session, now, number, lines, acceptance_number, reserve_rial)
    )
    if to == ClaimState.READY_TO_SEND:
        return key
    if acceptance_number is not None:
        receive(database, desk, acceptance_number, now)
    bring(database, desk, key, now, to, work)
    return key


def receive(database: Database, desk: Desk, acceptance_number: str, now: datetime) -> None:
    """The physical receipt of a batch."""
    database.in_tx(
        lambda session: receipt.receive_batch(session, desk.reception, acceptance_number, now=now)
    )


def bring(
    database: Database,
    desk: Desk,
    key: Key,
    now: datetime,
    to: ClaimState,
    work: Sequence[Work] = (),
) -> None:
    """Take an accepted claim to under review, returned or finished; to void needs no taking."""
    if to == ClaimState.ACCEPTED:
        return
    if to == ClaimState.VOID:
        database.in_tx(
            lambda s: deciding.void_claim(
                s, desk.lead, place_of(s, key), reason="مورد تعهد نیست", now=now
            )
        )
        return
    database.in_tx(
        lambda s: taking.take_claim(s, desk.assessor, key.insurer_id, key.claim_id, now=now)
    )
    for step in work:
        database.in_tx(lambda s, step=step: step(s, desk.assessor, place_of(s, key)))
    if to == ClaimState.RETURNED:
        return_claim(database, desk, key, now)
    elif to == ClaimState.FINISHED:
        finish(database, desk, key, now)
    else:
        assert to == ClaimState.UNDER_REVIEW, to


def finish(database: Database, desk: Desk, key: Key, now: datetime) -> None:
    """Decide what is still open (a re-code is accepted, all else overridden), then finish."""
    while database.in_tx(lambda s: _decide_one(s, desk.assessor, key, now)):
        pass
    database.in_tx(lambda s: _finish(s, desk.assessor, key, now))


def return_claim(database: Database, desk: Desk, key: Key, now: datetime) -> None:
    """Return a held claim: the radiograph after the treatment is missing on line 1."""
    defect = deciding.DefectInput(reason="R03", scope="line", line_number=1, text="تصویر بعد")
    database.in_tx(
        lambda s: deciding.return_claim(
            s,
            desk.assessor,
            place_of(s, key),
            defects=[defect],
            nonce=f"return-{key.number}",
            now=now,
        )
    )


def place_of(session: Session, key: Key) -> Place:
    """The claim with the version it has now."""
    claim = session.get_one(Claim, (key.insurer_id, key.claim_id))
    return Place(insurer_id=key.insurer_id, claim_id=key.claim_id, version=claim.version)


def deduct(line_number: int, reason: str, amount_rial: int, now: datetime, text: str = "") -> Work:
    """The assessor deducts an amount from a line."""

    def work(session: Session, actor: Actor, place: Place) -> object:
        line_id = _line_id(session, place, line_number)
        return assessing.add_deduction(
            session,
            actor,
            place,
            line_id=line_id,
            reason=reason,
            amount_rial=amount_rial,
            text=text,
            now=now,
        )

    return work


def recode(line_number: int, code: str, now: datetime) -> Work:
    """The assessor gives a line another code, for the patient's age."""

    def work(session: Session, actor: Actor, place: Place) -> object:
        return assessing.recode_line(
            session,
            actor,
            place,
            line_id=_line_id(session, place, line_number),
            code=code,
            reason="D03",
            note="بیمار ده‌ساله یا بیشتر است",
            now=now,
        )

    return work


def reject(line_number: int, reason: str, now: datetime) -> Work:
    """The assessor pays nothing for a line."""

    def work(session: Session, actor: Actor, place: Place) -> object:
        return assessing.reject_line(
            session,
            actor,
            place,
            line_id=_line_id(session, place, line_number),
            reason=reason,
            text="",
            now=now,
        )

    return work


def _line_id(session: Session, place: Place, line_number: int) -> int:
    claim = session.get_one(Claim, (place.insurer_id, place.claim_id))
    case = assess(session, claim).case
    return next(line.line_id for line in case.lines if line.number == line_number)


def _register(
    session: Session,
    now: datetime,
    number: str,
    lines: Sequence[LineRequest] | None,
    acceptance_number: str | None,
    reserve_rial: int | None,
) -> Key:
    wanted = tuple(lines or (world.line(),))
    if acceptance_number is None:
        request = world.direct(number=number, lines=wanted)
    else:
        amount_rial = reserve_rial or sum(line.cost_rial for line in wanted)
        world.referral(session, now, f"R{number}", amount_rial=amount_rial)
        request = replace(
            world.indirect(number=number, lines=wanted),
            referral_number=f"R{number}",
            acceptance_number=acceptance_number,
        )
    made = registration.register_claim(session, None, request, now=now)
    return Key(insurer_id=made.insurer_id, claim_id=made.claim_id, number=number)


def _decide_one(session: Session, actor: Actor, key: Key, now: datetime) -> bool:
    """Decide one open finding; False when none is left."""
    claim = session.get_one(Claim, (key.insurer_id, key.claim_id))
    found = assess(session, claim).open_findings
    if not found:
        return False
    place = place_of(session, key)
    if found[0].proposal.kind is ProposalKind.RECODE:
        assessing.accept_finding(session, actor, place, key=found[0].key, now=now)
    else:
        assessing.override_finding(
            session, actor, place, key=found[0].key, reason="بررسی شد", now=now
        )
    return True


def _finish(session: Session, actor: Actor, key: Key, now: datetime) -> deciding.Finished:
    claim = session.get_one(Claim, (key.insurer_id, key.claim_id))
    return deciding.finish_claim(
        session,
        actor,
        place_of(session, key),
        nonce=f"finish-{key.number}-{claim.round}",
        seen_available_rial=assess(session, claim).case.available_rial,
        now=now,
    )
