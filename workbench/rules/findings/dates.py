"""Findings about days: the contract, the membership, the referral, the papers."""

from collections.abc import Iterator
from datetime import date

from workbench.rules.facts import Case
from workbench.rules.finding import Finding, Proposal, ProposalKind, Severity
from workbench.rules.findings.build import reject, send_back
from workbench.rules.parameters import Parameters


def service_outside_contract(case: Case, _parameters: Parameters) -> Iterator[Finding]:
    """A service outside the contract; first and last day are inside (clinical.md §3; D08)."""
    for line in case.lines:
        if not case.contract_start_on <= line.service_on <= case.contract_end_on:
            yield reject(
                "service_outside_contract",
                line,
                "D08",
                "contract",
                start_on=case.contract_start_on,
                end_on=case.contract_end_on,
            )


def service_outside_membership(case: Case, _parameters: Parameters) -> Iterator[Finding]:
    """Before joining, or after the leaving day, which itself is payable (README.md §3; D08)."""
    for line in case.lines:
        if line.service_on < case.joined_on or _is_after(line.service_on, case.left_on):
            yield reject(
                "service_outside_membership",
                line,
                "D08",
                "contract",
                joined_on=case.joined_on,
                left_on=case.left_on,
                is_before_joining=line.service_on < case.joined_on,
            )


def service_after_registration(case: Case, _parameters: Parameters) -> Iterator[Finding]:
    """A service is registered on its own day or later (README.md, B3; D08)."""
    for line in case.lines:
        if line.service_on > case.registered_on:
            yield reject(
                "service_after_registration",
                line,
                "D08",
                "portal",
                registered_on=case.registered_on,
            )


def service_outside_referral(case: Case, _parameters: Parameters) -> Iterator[Finding]:
    """Before the referral's issue, or recorded when it had expired unused (B3, calendar §3; D08).

    The first recording counts, not the service: once in use, a referral does not expire.
    """
    if case.referral is None:
        return
    recorded_on = min(case.referral.first_recorded_on or case.registered_on, case.registered_on)
    is_expired = recorded_on > case.referral.expires_on
    for line in case.lines:
        if line.service_on < case.referral.issued_on or is_expired:
            yield reject(
                "service_outside_referral",
                line,
                "D08",
                "portal",
                referral=case.referral.number,
                issued_on=case.referral.issued_on,
                expires_on=case.referral.expires_on,
                recorded_on=recorded_on,
                is_before_issue=line.service_on < case.referral.issued_on,
            )


def case_date_invalid(case: Case, _parameters: Parameters) -> Iterator[Finding]:
    """The day of the case lies outside referral, registration, contract or membership (B3)."""
    breach = next(_case_date_breaches(case), None)
    if breach is not None:
        bound, bound_on = breach
        yield Finding(
            code="case_date_invalid",
            severity=Severity.DECIDE,
            line=None,
            proposal=Proposal(kind=ProposalKind.RETURN, defect="R11"),
            facts={"bound": bound, "bound_on": bound_on, "case_on": case.case_on},
            source="portal",
        )


def _case_date_breaches(case: Case) -> Iterator[tuple[str, date]]:
    """Which bounds the day of the case breaks, the most telling first."""
    if case.referral is not None and case.case_on < case.referral.issued_on:
        yield "referral_issue", case.referral.issued_on
    if case.case_on > case.registered_on:
        yield "registration", case.registered_on
    if case.case_on < case.contract_start_on:
        yield "contract_start", case.contract_start_on
    if case.case_on > case.contract_end_on:
        yield "contract_end", case.contract_end_on
    if case.case_on < case.joined_on:
        yield "joining", case.joined_on
    if case.left_on is not None and case.case_on > case.left_on:
        yield "leaving", case.left_on


def reissued_referral_needs_note(case: Case, _parameters: Parameters) -> Iterator[Finding]:
    """Under a referral re-issued after expiry each service needs a note (README.md, B13)."""
    if case.referral is None or not case.referral.reissue_of_expired:
        return
    for line in case.lines:
        if not line.note.strip():
            yield send_back(
                "reissued_referral_needs_note",
                line,
                "R01",
                "portal",
                referral=case.referral.number,
                issued_on=case.referral.issued_on,
            )


def _is_after(day: date, last_on: date | None) -> bool:
    return last_on is not None and day > last_on
