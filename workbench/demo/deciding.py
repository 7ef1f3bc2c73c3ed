"""How the demo's assessors decide: first what the recipe says, then whatever is still open."""

from datetime import datetime

from sqlalchemy.orm import Session

from workbench.db.models import Claim
from workbench.demo.shapes import Order
from workbench.rules.facts import Line
from workbench.rules.finding import Finding, ProposalKind
from workbench.rules.lines import REASON_WITH_TEXT, payable_base_rial, rest_rial
from workbench.rules.money import ONE_BASIS
from workbench.services.access import Actor
from workbench.services.claims import assessing
from workbench.services.claims.assessing import Place
from workbench.services.claims.facts import Assessment, assess

SEEN = "مدارک بیمار بررسی و درستی آن دیده شد"
FIT = {ProposalKind.DEDUCT, ProposalKind.RECODE, ProposalKind.REJECT}
CASES_FINDINGS_MAX = 40


def place_of(claim: Claim) -> Place:
    """The claim as it stands now."""
    return Place(insurer_id=claim.insurer_id, claim_id=claim.id, version=claim.version)


def decide(
    session: Session, actor: Actor, claim: Claim, orders: tuple[Order, ...], *, now: datetime
) -> Assessment:
    """Follow the orders, then accept what proposes an amount and override what does not."""
    found = assess(session, claim)
    for order in orders:
        found = follow(session, actor, claim, found, order, now=now)
    for _ in range(CASES_FINDINGS_MAX):
        if not found.open_findings:
            return found
        found = _answer(session, actor, claim, found.open_findings[0], now)
    raise AssertionError(f"case {claim.number} has findings without end")


def follow(
    session: Session,
    actor: Actor,
    claim: Claim,
    found: Assessment,
    order: Order,
    *,
    now: datetime,
) -> Assessment:
    """Do one thing to a line, or answer its finding; ``found`` is the case as it stands."""
    line = next(line for line in found.case.lines if line.number == order.line)
    place = place_of(claim)
    match order.what:
        case "deduct":
            amount_rial = order.amount_rial or payable_base_rial(line) * order.basis // ONE_BASIS
            return assessing.add_deduction(
                session, actor, place, line_id=line.line_id, reason=order.reason,
                amount_rial=min(amount_rial, rest_rial(line)), text=order.text, now=now,
            )  # fmt: skip
        case "reject":
            return assessing.reject_line(
                session, actor, place, line_id=line.line_id, reason=order.reason,
                text=order.text, now=now,
            )  # fmt: skip
        case "cut_price" | "cut_quantity":
            return _cut(session, actor, place, line, order, now)
        case "recode":
            return assessing.recode_line(
                session, actor, place, line_id=line.line_id, code=order.finding,
                reason=order.reason, note=order.text, now=now,
            )  # fmt: skip
        case _:
            return _answer_ordered(session, actor, claim, found, order, now)


def _cut(
    session: Session, actor: Actor, place: Place, line: Line, order: Order, now: datetime
) -> Assessment:
    is_price = order.what == "cut_price"
    price_rial = order.amount_rial or line.unit_price_rial * order.basis // ONE_BASIS
    return assessing.cut_line(
        session,
        actor,
        place,
        line_id=line.line_id,
        quantity=None if is_price else order.quantity,
        unit_price_rial=price_rial if is_price else None,
        reason=order.reason,
        note=order.text,
        now=now,
    )


def _answer_ordered(
    session: Session, actor: Actor, claim: Claim, found: Assessment, order: Order, now: datetime
) -> Assessment:
    """Override (or accept) every open finding of the ordered code."""
    for finding in found.open_findings:
        if finding.code != order.finding:
            continue
        place = place_of(claim)
        if order.what == "accept":
            found = assessing.accept_finding(session, actor, place, key=finding.key, now=now)
        else:
            found = assessing.override_finding(
                session, actor, place, key=finding.key, reason=order.text, now=now
            )
    return found


def _answer(
    session: Session, actor: Actor, claim: Claim, finding: Finding, now: datetime
) -> Assessment:
    """Accept what takes an amount off; what only asks for papers or says nothing is overridden."""
    proposal = finding.proposal
    can_deduct = proposal.reason not in (None, REASON_WITH_TEXT) and finding.line is not None
    is_deduction = proposal.kind in FIT or proposal.kind is ProposalKind.RETURN
    place = place_of(claim)
    if is_deduction and can_deduct:
        return assessing.accept_finding(session, actor, place, key=finding.key, now=now)
    return assessing.override_finding(session, actor, place, key=finding.key, reason=SEEN, now=now)
