"""The lines of the claims of a batch: as assessed, with reasons, and X and P spread over them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Claim, ClaimLine, LineDeduction, Reason
from workbench.db.queries import batches as queries
from workbench.i18n import _, language
from workbench.rules.money import CaseMoney, LineMoney, spread_over_lines
from workbench.services.images.cite_words import with_cites
from workbench.services.images.cites import cites_of

CEILING_REASON, TARIFF_REASON = "D17", "D18"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReason:
    """Why an amount was taken off (or, for a defect, why the line went back: no amount).

    ``text`` names the frames in images that it rests on, after its own words.
    """

    code: str
    title: str
    amount_rial: int | None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """One service line; the money columns are None until its claim is finished.

    ``former_code``: the code as requested, where the assessor gave another one.
    """

    number: int
    service_on: date
    code: str
    title: str
    former_code: str | None
    tooth: int | None
    jaw: str | None
    surfaces: str
    quantity: int
    cost_rial: int
    tariff_reject_rial: int | None
    technical_deduction_rial: int | None
    patient_share_rial: int | None
    technical_approval_rial: int | None
    ceiling_reject_rial: int | None
    payable_rial: int | None
    reasons: tuple[LineReason, ...]
    outcome: int | None


def read_lines(session: Session, claims: Sequence[Claim]) -> dict[int, tuple[LineRow, ...]]:
    """Claim id → the lines of its present round. Permission is the caller's matter.

    Only what was decided is read: internal notes and the assessor's own notes are not.
    """
    lines = queries.lines_of(session, claims)
    titles = queries.titles_of(session, claims)
    deductions = queries.deductions_of(session, claims)
    computed = {
        reason.code: reason_title(reason)
        for reason in session.scalars(
            select(Reason).where(Reason.code.in_((CEILING_REASON, TARIFF_REASON)))
        )
    }
    return {
        claim.id: _rows(claim, lines[claim.id], titles, deductions, computed) for claim in claims
    }


def read_defects(session: Session, claim: Claim) -> tuple[LineReason, ...]:
    """Why a returned claim went back, as it was told to the centre."""
    return tuple(
        LineReason(
            code=reason.code,
            title=reason_title(reason),
            amount_rial=None,
            text=with_cites(defect.text, cites_of(defect.cites)),
        )
        for defect, reason in queries.defects_of(session, claim)
    )


def reason_title(reason: Reason) -> str:
    """The title of a catalogue reason in the present language."""
    return reason.title_fa if language() == "fa" else reason.title_en


def stored_money(claim: Claim, lines: Sequence[ClaimLine]) -> CaseMoney | None:
    """The money of a finished claim as it was settled and stored; None before the finish."""
    if claim.payable_rial is None:
        return None
    money = CaseMoney(
        lines=tuple(_line_money(line) for line in lines),
        cost_rial=claim.cost_rial,
        tariff_reject_rial=claim.tariff_reject_rial or 0,
        technical_deduction_rial=claim.technical_deduction_rial or 0,
        patient_share_rial=claim.patient_share_rial or 0,
        technical_approval_rial=claim.technical_approval_rial or 0,
        ceiling_reject_rial=claim.ceiling_reject_rial or 0,
        payable_rial=claim.payable_rial,
    )
    approved_rial = sum(line.technical_approval_rial for line in money.lines)
    assert approved_rial == money.technical_approval_rial, f"case {claim.number}: lines differ"
    return money


def _line_money(line: ClaimLine) -> LineMoney:
    return LineMoney(
        cost_rial=line.cost_rial,
        tariff_reject_rial=line.tariff_reject_rial or 0,
        technical_deduction_rial=line.technical_deduction_rial or 0,
        patient_share_rial=line.patient_share_rial or 0,
        technical_approval_rial=line.technical_approval_rial or 0,
    )


def _rows(
    claim: Claim,
    lines: Sequence[ClaimLine],
    titles: Mapping[tuple[int, str], str],
    deductions: Mapping[int, Sequence[tuple[LineDeduction, Reason]]],
    computed: Mapping[str, str],
) -> tuple[LineRow, ...]:
    money = stored_money(claim, lines)
    spread = spread_over_lines(money) if money else [(None, None)] * len(lines)
    return tuple(
        _row(claim, line, titles, x_rial, p_rial, deductions.get(line.id, ()), computed)
        for line, (x_rial, p_rial) in zip(lines, spread, strict=True)
    )


def _row(
    claim: Claim,
    line: ClaimLine,
    titles: Mapping[tuple[int, str], str],
    ceiling_reject_rial: int | None,
    payable_rial: int | None,
    deductions: Sequence[tuple[LineDeduction, Reason]],
    computed: Mapping[str, str],
) -> LineRow:
    is_settled = payable_rial is not None
    code = line.assessed_code if is_settled and line.assessed_code else line.code
    return LineRow(
        number=line.number,
        service_on=line.service_on,
        code=code,
        title=titles.get((claim.contract_id, code), ""),
        former_code=line.code if code != line.code else None,
        tooth=line.tooth,
        jaw=line.jaw,
        surfaces=line.surfaces,
        quantity=line.quantity,
        cost_rial=line.cost_rial,
        tariff_reject_rial=line.tariff_reject_rial,
        technical_deduction_rial=line.technical_deduction_rial,
        patient_share_rial=line.patient_share_rial,
        technical_approval_rial=line.technical_approval_rial,
        ceiling_reject_rial=ceiling_reject_rial,
        payable_rial=payable_rial,
        reasons=_reasons(line, ceiling_reject_rial, deductions, computed) if is_settled else (),
        outcome=line.outcome,
    )


def _reasons(
    line: ClaimLine,
    ceiling_reject_rial: int | None,
    deductions: Sequence[tuple[LineDeduction, Reason]],
    computed: Mapping[str, str],
) -> tuple[LineReason, ...]:
    """T first, then D with its reasons, then X: the order of the columns."""
    found = [
        LineReason(
            code=reason.code,
            title=reason_title(reason),
            amount_rial=deduction.amount_rial,
            text=with_cites(deduction.text, cites_of(deduction.cites)),
        )
        for deduction, reason in deductions
    ]
    if line.tariff_reject_rial:
        title = computed.get(TARIFF_REASON) or _("Tariff reject")
        found.insert(
            0, LineReason(code=TARIFF_REASON, title=title, amount_rial=line.tariff_reject_rial)
        )
    if ceiling_reject_rial:
        title = computed.get(CEILING_REASON) or _("Ceiling reject")
        found.append(LineReason(code=CEILING_REASON, title=title, amount_rial=ceiling_reject_rial))
    return tuple(found)
