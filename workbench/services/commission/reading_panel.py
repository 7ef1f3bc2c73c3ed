"""The panel of a plan as one reader may see it: votes are blind until the quorum is reached."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Contract, PlanSeat, PlanVote, TreatmentPlan, UserRole
from workbench.db.queries import plan_lists as list_queries
from workbench.db.queries import plan_page as queries
from workbench.db.queries.catalogue import services_by_code
from workbench.rules.panel import Majority
from workbench.rules.workflow import PlanState, Role
from workbench.services.access import Actor
from workbench.services.commission.access import Interest
from workbench.services.commission.seats import is_live
from workbench.services.commission.view import Member, PanelView, SeatState, UnitWord
from workbench.services.images.cites import cites_of

Seated = tuple[PlanSeat, str]
"""A seat with its member's name."""


def seated_on(session: Session, plan: TreatmentPlan) -> list[Seated]:
    """The seats of the present round, in the order in which they were taken."""
    return [
        (seat, name)
        for seat, name in session.execute(list_queries.seats_on([(plan.insurer_id, plan.id)]))
        if seat.round == plan.round
    ]


def read_panel(
    session: Session,
    actor: Actor,
    plan: TreatmentPlan,
    interest: Interest | None,
    seated: Sequence[Seated],
    *,
    now: datetime,
) -> PanelView:
    """The rule, the members and, once it is allowed, what they said in the present round."""
    are_open = plan.votes >= plan.panel_quorum or plan.state == PlanState.DECIDED
    may_read_all = are_open and interest is None
    votes = session.execute(queries.votes(plan)).all()
    titles = _titles(session, plan, [row.PlanVote for row in votes])
    words: dict[int, list[UnitWord]] = {}
    for row in votes:
        if not row.PlanVote.is_casting:
            words.setdefault(row.PlanVote.member_id, []).append(_word(row.PlanVote, titles))
    casting = [row for row in votes if row.PlanVote.is_casting and interest is None]
    chairs = _chairs(session, [seat.member_id for seat, _name in seated])
    return PanelView(
        seats=plan.panel_seats,
        quorum=plan.panel_quorum,
        majority=Majority(plan.panel_majority),
        votes=plan.votes,
        are_votes_open=are_open,
        members=tuple(
            Member(
                user_id=seat.member_id,
                name=name,
                is_reader=seat.member_id == actor.user_id,
                is_chair=seat.member_id in chairs,
                state=_state(seat, now),
                words=tuple(words.get(seat.member_id, ()))
                if may_read_all or seat.member_id == actor.user_id
                else None,
                replaced_reason=seat.ended_reason or "",
            )
            for seat, name in seated
        ),
        casting=tuple(_word(row.PlanVote, titles) for row in casting),
        cast_by=casting[0].display_name if casting else None,
    )


def _titles(session: Session, plan: TreatmentPlan, votes: Iterable[PlanVote]) -> dict[str, str]:
    codes = {vote.changed_code for vote in votes if vote.changed_code}
    if not codes:
        return {}
    contract = session.get_one(Contract, (plan.insurer_id, plan.contract_id))
    found = services_by_code(session, contract.tariff_set_id, codes)
    return {code: service.title for code, service in found.items()}


def _word(vote: PlanVote, titles: dict[str, str]) -> UnitWord:
    return UnitWord(
        unit_number=vote.unit_number,
        choice=vote.choice,
        changed_title=titles.get(vote.changed_code or "", ""),
        changed_rial=vote.changed_rial,
        reason=vote.reason,
        cites=cites_of(vote.cites),
    )


def _chairs(session: Session, user_ids: list[int]) -> set[int]:
    if not user_ids:
        return set()
    statement = select(UserRole.user_id).where(
        UserRole.user_id.in_(user_ids), UserRole.role == Role.CHAIR
    )
    return set(session.scalars(statement))


def _state(seat: PlanSeat, now: datetime) -> SeatState:
    if seat.ended_at is not None:
        return SeatState.REPLACED
    if seat.has_voted:
        return SeatState.VOTED
    return SeatState.WRITING if is_live(seat, now) else SeatState.LAPSED
