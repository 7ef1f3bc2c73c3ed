"""The rows that hang on a bulk-filled claim: its round, lines, images and referral letter."""

import hashlib
from datetime import date, timedelta
from typing import Any

from scripts.bench.accounts import Held
from scripts.bench.bulk import Bulk
from scripts.bench.documents import Stamp, document_text
from scripts.bench.rows import Rows, json_text, stored
from scripts.bench.scenarios import Template
from scripts.bench.world import Contract
from workbench.rules.document import rules_hash
from workbench.rules.lines import deductions_of
from workbench.rules.money import CaseMoney, outcome_of
from workbench.rules.workflow import ClaimState

DECIDED = (ClaimState.FINISHED, ClaimState.SENT_TO_FINANCE, ClaimState.ARCHIVED)


def write_round(
    rows: Rows, claim: Bulk, template: Template, stamp: Stamp, money: CaseMoney | None
) -> None:
    """The round; an ended one with its frozen document, a returned one with a defect."""
    text = None if money is None else document_text(template, stamp, money)
    result = None
    if text is not None:
        result = "returned" if claim.state is ClaimState.RETURNED else "finished"
    rows.add(
        "claim_round",
        insurer_id=claim.sent.insurer_id,
        id=rows.new_id(),
        claim_id=claim.claim_id,
        number=1,
        opened_at=stored(claim.registered_at),
        explanation="",
        closed_at=claim.ended_at and stored(claim.ended_at),
        closed_by_id=claim.ended_by_id,
        result=result,
        text_for_sender="",
        document=text,
        document_hash=text and hashlib.sha256(text.encode()).hexdigest(),
        rules_hash=text and rules_hash(),
    )
    if claim.state is ClaimState.RETURNED:
        rows.add(
            "defect",
            insurer_id=claim.sent.insurer_id,
            id=rows.new_id(),
            claim_id=claim.claim_id,
            round=1,
            reason="R03",
            scope="line",
            line_number=1,
            text="",
        )


def write_lines(
    rows: Rows, claim: Bulk, template: Template, stamp: Stamp, money: CaseMoney | None
) -> None:
    """The lines with their results, the deductions on them and the answers to findings."""
    is_decided = claim.state in DECIDED
    for place, line in enumerate(template.case.lines):
        values: dict[str, Any] = {}
        if money is not None and is_decided:
            of_line = money.lines[place]
            values = {
                "outcome": int(outcome_of(of_line, is_rejected=False, returned=False)),
                "tariff_reject_rial": of_line.tariff_reject_rial,
                "technical_deduction_rial": of_line.technical_deduction_rial,
                "patient_share_rial": of_line.patient_share_rial,
                "technical_approval_rial": of_line.technical_approval_rial,
            }
        elif claim.state is ClaimState.RETURNED:
            values = {"outcome": 5}
        rows.add(
            "claim_line",
            insurer_id=claim.sent.insurer_id,
            id=stamp.line_ids[place],
            claim_id=claim.claim_id,
            round=1,
            number=line.number,
            service_on=stamp.service_on.isoformat(),
            code=line.code,
            tooth=line.tooth,
            jaw=line.jaw,
            surfaces=line.surfaces,
            canals=line.canals,
            quantity=1,
            unit_price_rial=line.unit_price_rial,
            cost_rial=line.cost_rial,
            note="",
            assessed_code=line.assessed_code,
            recode_reason=line.recode_reason,
            is_rejected=0,
            assessor_note="",
            is_looked_at=0,
            **values,
        )
        for deduction in deductions_of(line):
            rows.add(
                "line_deduction",
                insurer_id=claim.sent.insurer_id,
                id=rows.new_id(),
                claim_id=claim.claim_id,
                round=1,
                line_id=stamp.line_ids[place],
                reason=deduction.reason,
                amount_rial=deduction.amount_rial,
                source=deduction.source,
                text=deduction.text,
                at=stored(claim.ended_at or claim.registered_at),
                actor_id=claim.ended_by_id,
            )
    for key, answer in template.case.decided:
        rows.add(
            "finding_answer",
            insurer_id=claim.sent.insurer_id,
            id=rows.new_id(),
            claim_id=claim.claim_id,
            round=1,
            finding_key=key,
            state=str(answer),
            reason="",
            actor_id=claim.ended_by_id,
            at=stored(claim.ended_at or claim.registered_at),
        )


def write_images(rows: Rows, claim: Bulk, template: Template, stamp: Stamp) -> None:
    """An image of a radiograph that stands in no store, and its attachment."""
    for image in template.case.evidence:
        sha256 = hashlib.sha256(f"{claim.claim_id}/{image.number}".encode()).hexdigest()
        rows.add(
            "evidence_image",
            sha256=sha256,
            person_id=claim.member.person_id,
            size_bytes=80_000,
            width=900,
            height=700,
            stored_at=stored(claim.registered_at),
        )
        rows.add(
            "attachment",
            insurer_id=claim.sent.insurer_id,
            id=rows.new_id(),
            claim_id=claim.claim_id,
            number=image.number,
            sha256=sha256,
            kind=str(image.kind),
            phase=str(image.phase),
            teeth=json_text(image.teeth),
            lines=json_text(image.lines),
            taken_on=stamp.service_on.isoformat(),
            round_added=1,
            file_name=f"{image.number}.jpg",
        )


def write_referral(rows: Rows, claim: Bulk, held: Held, service_on: date) -> None:
    """The letter that an indirect claim stands on."""
    sent = claim.sent
    is_settled = claim.state in DECIDED
    rows.add(
        "referral",
        insurer_id=sent.insurer_id,
        id=claim.referral_id,
        number=claim.referral_number,
        contract_id=claim.contract.contract_id,
        cover_code=claim.contract.cover.code,
        account_id=held.account.account_id,
        reservation_id=held.reservation_id,
        person_id=claim.member.person_id,
        centre_id=sent.centre_id,
        issued_by="centre",
        issued_on=issued_on(service_on, claim.contract).isoformat(),
        last_valid_on=last_valid_on(service_on, claim.contract).isoformat(),
        amount_rial=held.referral_rial,
        state="settled" if is_settled else "in_use",
        first_service_at=stored(claim.registered_at),
        version=2,
    )


def issued_on(service_on: date, contract: Contract) -> date:
    """The letter's first day."""
    return max(contract.start_on, service_on - timedelta(days=4))


def last_valid_on(service_on: date, contract: Contract) -> date:
    """The letter's last day."""
    return min(contract.end_on, service_on + timedelta(days=56))
