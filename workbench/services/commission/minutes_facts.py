"""What the minutes of a plan say, as facts: rounds, units, votes, replacements, who signs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from workbench.db.models import (
    AuditEvent,
    Centre,
    Contract,
    Dentist,
    Insurer,
    Person,
    PlanDefect,
    PlanRound,
    PlanSeat,
    PlanUnit,
    PlanVote,
    Policyholder,
    Reason,
    Referral,
    TreatmentPlan,
    User,
)
from workbench.db.queries.calendar import work_calendar
from workbench.db.queries.catalogue import services_by_code
from workbench.persian.digits import to_persian
from workbench.rules.clock_table import clock_table
from workbench.rules.panel import Choice
from workbench.rules.teeth import describe_jaw, describe_tooth
from workbench.rules.working_time import WorkCalendar
from workbench.services.commission.access import plan_stream
from workbench.services.images.cite_words import with_cites
from workbench.services.images.cites import cites_of

Row = TypeVar("Row", PlanRound, PlanUnit, PlanVote, PlanSeat)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundFacts:
    """One round; ``counted_minutes``: how long its clock ran, by the calendar as it is now."""

    number: int
    submitted_at: datetime
    start_at: datetime
    due_at: datetime
    closed_at: datetime | None
    result: str | None
    counted_minutes: int
    defects: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteFacts:
    """A member's word about a unit; one of a replaced member does not count."""

    member: str
    choice: str
    changed_title: str
    changed_rial: int | None
    reason: str
    is_casting: bool
    does_count: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFacts:
    """A planned service as asked for and as decided; ``approved_rial`` None: rejected."""

    number: int
    title: str
    where: str
    quantity: int
    amount_rial: int
    choice: str
    approved_title: str
    approved_rial: int | None
    reason: str
    votes: tuple[VoteFacts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatFacts:
    """A member who was replaced in the round."""

    member: str
    ended_by: str
    ended_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesFacts:
    """Everything the minutes say; the event is the plan's decision in the audit trail."""

    plan: TreatmentPlan
    insurer: str
    patient: str
    national_code: str
    contract_number: str
    policyholder: str
    letter_number: str
    centre: str
    dentist: str
    council_number: str
    rounds: tuple[RoundFacts, ...]
    units: tuple[UnitFacts, ...]
    replaced: tuple[SeatFacts, ...]
    voter_count: int
    signatories: tuple[str, ...]
    event_sequence: int
    event_hash: str


def minutes_facts(session: Session, plan: TreatmentPlan) -> MinutesFacts:
    """The facts of a decided plan."""
    contract = session.get_one(Contract, (plan.insurer_id, plan.contract_id))
    person, dentist = (
        session.get_one(Person, plan.person_id),
        session.get_one(Dentist, plan.dentist_id),
    )
    votes = _votes_of(session, plan)
    seats = [seat for seat in _seats_of(session, plan) if seat.ended_by_id is not None]
    rounds = session.scalars(_of_plan(PlanRound, plan).order_by(PlanRound.number)).all()
    names = _names(session, votes, seats, rounds)
    gone = {seat.member_id for seat in seats}
    counted = {vote.member_id for vote in votes if not vote.is_casting} - gone
    event = _decision(session, plan)
    return MinutesFacts(
        plan=plan,
        insurer=session.get_one(Insurer, plan.insurer_id).name,
        patient=person.name,
        national_code=person.national_code,
        contract_number=contract.number,
        policyholder=session.get_one(Policyholder, contract.policyholder_id).name,
        letter_number=session.get_one(Referral, (plan.insurer_id, plan.referral_id)).number,
        centre=session.get_one(Centre, plan.centre_id).name,
        dentist=dentist.name,
        council_number=dentist.medical_council_number,
        rounds=_rounds(session, plan, rounds),
        units=_units(session, plan, contract, votes, names, gone),
        replaced=tuple(_seat(seat, names) for seat in seats),
        voter_count=len(counted),
        signatories=_signatories(votes, rounds[-1], names, gone),
        event_sequence=event.sequence,
        event_hash=event.content_hash,
    )


def _of_plan(model: type[Row], plan: TreatmentPlan) -> Select[Row]:
    return select(model).where(model.insurer_id == plan.insurer_id, model.plan_id == plan.id)


def _votes_of(session: Session, plan: TreatmentPlan) -> Sequence[PlanVote]:
    """The votes of the deciding round as they came, the casting ones last."""
    statement = _of_plan(PlanVote, plan).where(PlanVote.round == plan.round)
    return session.scalars(statement.order_by(PlanVote.is_casting, PlanVote.at, PlanVote.id)).all()


def _seats_of(session: Session, plan: TreatmentPlan) -> Sequence[PlanSeat]:
    statement = _of_plan(PlanSeat, plan).where(PlanSeat.round == plan.round)
    return session.scalars(statement.order_by(PlanSeat.taken_at, PlanSeat.id)).all()


def _decision(session: Session, plan: TreatmentPlan) -> AuditEvent:
    return session.scalars(
        select(AuditEvent)
        .where(AuditEvent.stream == plan_stream(plan), AuditEvent.action == "plan.decide")
        .order_by(AuditEvent.sequence.desc())
        .limit(1)
    ).one()


def _names(
    session: Session,
    votes: Sequence[PlanVote],
    seats: Sequence[PlanSeat],
    rounds: Sequence[PlanRound],
) -> dict[int, str]:
    """The names of everybody who took part, by id."""
    wanted = {vote.member_id for vote in votes} | {seat.member_id for seat in seats}
    wanted |= {seat.ended_by_id for seat in seats if seat.ended_by_id is not None}
    wanted |= {row.closed_by_id for row in rounds if row.closed_by_id is not None}
    rows = session.execute(select(User.id, User.display_name).where(User.id.in_(wanted)))
    return {row[0]: row[1] for row in rows}


def _seat(seat: PlanSeat, names: Mapping[int, str]) -> SeatFacts:
    return SeatFacts(
        member=names[seat.member_id],
        ended_by=names.get(seat.ended_by_id or 0, ""),
        ended_at=seat.ended_at,
        reason=seat.ended_reason or "",
    )


def _signatories(
    votes: Sequence[PlanVote], last: PlanRound, names: Mapping[int, str], gone: set[int]
) -> tuple[str, ...]:
    """Who voted and counts, and who decided: each once."""
    ids = [vote.member_id for vote in votes if vote.is_casting or vote.member_id not in gone]
    if last.closed_by_id is not None:
        ids.append(last.closed_by_id)
    return tuple(names[member_id] for member_id in dict.fromkeys(ids))


def _rounds(
    session: Session, plan: TreatmentPlan, rounds: Sequence[PlanRound]
) -> tuple[RoundFacts, ...]:
    calendar = work_calendar(session)
    defects = _defects(session, plan)
    return tuple(
        RoundFacts(
            number=row.number,
            submitted_at=row.submitted_at,
            start_at=row.start_at,
            due_at=row.due_at,
            closed_at=row.closed_at,
            result=row.result,
            counted_minutes=_counted_minutes(calendar, row),
            defects=tuple(defects.get(row.number, ())),
        )
        for row in rounds
    )


def _defects(session: Session, plan: TreatmentPlan) -> dict[int, list[str]]:
    rows = session.execute(
        select(PlanDefect.round, Reason.title_fa, PlanDefect.text, PlanDefect.cites)
        .join(Reason, Reason.code == PlanDefect.reason)
        .where(PlanDefect.insurer_id == plan.insurer_id, PlanDefect.plan_id == plan.id)
        .order_by(PlanDefect.round, PlanDefect.reason)
    )
    found: dict[int, list[str]] = {}
    for number, title, text, cites in rows:
        said = with_cites(text, cites_of(cites))
        found.setdefault(number, []).append(f"{title}: {said}" if said else title)
    return found


def _counted_minutes(calendar: WorkCalendar, row: PlanRound) -> int:
    if row.closed_at is None or row.closed_at <= row.start_at:
        return 0
    spans = [
        day.to_at - day.from_at
        for day in clock_table(calendar, row.start_at, row.closed_at)
        if day.from_at is not None and day.to_at is not None
    ]
    return sum(spans, timedelta()) // timedelta(minutes=1)


def _units(
    session: Session,
    plan: TreatmentPlan,
    contract: Contract,
    votes: Sequence[PlanVote],
    names: Mapping[int, str],
    gone: set[int],
) -> tuple[UnitFacts, ...]:
    units = session.scalars(_of_plan(PlanUnit, plan).order_by(PlanUnit.number)).all()
    codes = {unit.code for unit in units} | {unit.approved_code or "" for unit in units}
    codes |= {vote.changed_code or "" for vote in votes}
    services = services_by_code(session, contract.tariff_set_id, codes - {""})
    titles = {code: f"{service.title} ({to_persian(code)})" for code, service in services.items()}
    return tuple(
        _unit(
            unit,
            titles,
            tuple(
                _vote(vote, titles, names, gone)
                for vote in votes
                if vote.unit_number == unit.number
            ),
        )
        for unit in units
    )


def _unit(unit: PlanUnit, titles: Mapping[str, str], votes: tuple[VoteFacts, ...]) -> UnitFacts:
    assert unit.choice is not None, "the plan is decided"
    is_rejected = unit.choice == Choice.REJECT
    code = unit.approved_code or unit.code
    approved_rial = unit.amount_rial if unit.approved_rial is None else unit.approved_rial
    return UnitFacts(
        number=unit.number,
        title=titles.get(unit.code, unit.code),
        where=describe_jaw(unit.jaw) if unit.tooth is None else describe_tooth(unit.tooth),
        quantity=unit.quantity,
        amount_rial=unit.amount_rial,
        choice=unit.choice,
        approved_title="" if is_rejected else titles.get(code, code),
        approved_rial=None if is_rejected else approved_rial,
        reason=with_cites(unit.reason or "", cites_of(unit.cites)),
        votes=votes,
    )


def _vote(
    vote: PlanVote, titles: Mapping[str, str], names: Mapping[int, str], gone: set[int]
) -> VoteFacts:
    return VoteFacts(
        member=names[vote.member_id],
        choice=vote.choice,
        changed_title=titles.get(vote.changed_code or "", vote.changed_code or ""),
        changed_rial=vote.changed_rial,
        reason=with_cites(vote.reason, cites_of(vote.cites)),
        is_casting=vote.is_casting,
        does_count=vote.is_casting or vote.member_id not in gone,
    )
