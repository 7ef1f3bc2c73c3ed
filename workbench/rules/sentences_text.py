"""The wording of each finding; placeholders are the names of its facts."""

from collections.abc import Callable
from dataclasses import dataclass

from workbench.i18n import _
from workbench.rules.finding import Finding, ProposalKind
from workbench.rules.sentences_approval import beyond_approval, no_approval
from workbench.rules.sentences_history import (
    image_blurred,
    image_dark,
    image_not_radiograph,
    image_small,
    treated_before,
)
from workbench.rules.sentences_similar import image_used_again, similar_image

Wording = Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingDocument:
    """How the lack of one document is said."""

    title: Wording
    sentence: Wording


TITLES: dict[str, Wording] = {
    "alveoloplasty_with_extraction": lambda: _("Alveoloplasty together with an extraction"),
    "beyond_approval": lambda: _("More than the commission approved"),
    "canals_mismatch": lambda: _("Number of canals does not match the code"),
    "case_date_invalid": lambda: _("Case date out of range"),
    "cosmetic": lambda: _("Cosmetic service"),
    "dentition_mismatch": lambda: _("Code and tooth do not match"),
    "evidence_misdated": lambda: _("Date of the image contradicts its phase"),
    "extra_canal_without_three": lambda: _("Extra canal without a three-canal line"),
    "flap_with_surgery": lambda: _("Flap and suture are included in the main service"),
    "four_canal_without_price": lambda: _("Four-canal code without a price"),
    "image_used_again": lambda: _("The image was used again later"),
    "image_blurred": lambda: _("Image may be blurred"),
    "image_dark": lambda: _("Image is very dark"),
    "image_not_radiograph": lambda: _("Image may be no radiograph"),
    "image_small": lambda: _("Image is very small"),
    "no_approval": lambda: _("No approval of the commission"),
    "no_tariff": lambda: _("No tariff on the service date"),
    "open_referral_beside_direct": lambda: _("Open referral beside a direct claim"),
    "other_cover": lambda: _("Service of another cover"),
    "paediatric_code_age": lambda: _("Service code does not fit the patient's age"),
    "primary_tooth_age": lambda: _("Primary tooth at an unusual age"),
    "reissued_referral_needs_note": lambda: _("Re-issued referral without a note"),
    "service_after_registration": lambda: _("Service dated after its registration"),
    "service_not_covered": lambda: _("Service not covered by the contract"),
    "service_outside_contract": lambda: _("Service outside the contract's dates"),
    "service_outside_membership": lambda: _("Service outside the membership"),
    "service_outside_referral": lambda: _("Service outside the referral's validity"),
    "similar_image": lambda: _("The image was used before"),
    "surfaces_mismatch": lambda: _("Number of surfaces does not match the code"),
    "surfaces_missing": lambda: _("Surfaces not stated"),
    "tariff_excess": lambda: _("Tariff reject"),
    "treated_before": lambda: _("Treated before, within the interval"),
    "tooth_missing": lambda: _("Tooth or jaw not stated"),
    "unknown_code": lambda: _("Unknown service code"),
    "visit_with_treatment": lambda: _("Visit that led to a treatment"),
}

DOCUMENTS: dict[str, MissingDocument] = {
    "before": MissingDocument(
        title=lambda: _("Image before treatment missing"),
        sentence=lambda: _("Service {service_code}{place} needs an image before treatment."),
    ),
    "after": MissingDocument(
        title=lambda: _("Image after treatment missing"),
        sentence=lambda: _("Service {service_code}{place} needs an image after treatment."),
    ),
    "during": MissingDocument(
        title=lambda: _("Radiograph during treatment missing"),
        sentence=lambda: _("Service {service_code}{place} needs a radiograph during treatment."),
    ),
    "during_extra_canal": MissingDocument(
        title=lambda: _("Extra canal without a radiograph during treatment"),
        sentence=lambda: _(
            "Extra canal {service_code}{place} needs a radiograph during treatment and the case"
            " holds none."
        ),
    ),
    "radiograph": MissingDocument(
        title=lambda: _("Radiograph of the extraction missing"),
        sentence=lambda: _("Extraction {service_code}{place} needs a panoramic or a radiograph."),
    ),
    "panoramic": MissingDocument(
        title=lambda: _("Initial panoramic missing"),
        sentence=lambda: _("Surgery {service_code}{place} needs the initial panoramic."),
    ),
    "photograph_after": MissingDocument(
        title=lambda: _("Photograph after treatment missing"),
        sentence=lambda: _("Service {service_code}{place} needs a photograph after treatment."),
    ),
    "cbct": MissingDocument(
        title=lambda: _("CBCT missing"),
        sentence=lambda: _("Bone graft {service_code}{place} needs a CBCT."),
    ),
    "dated_panoramic": MissingDocument(
        title=lambda: _("Dated panoramic missing"),
        sentence=lambda: _("Panoramic {service_code} needs its image with the patient and a date."),
    ),
    "dated_cephalometric": MissingDocument(
        title=lambda: _("Dated cephalometric missing"),
        sentence=lambda: _(
            "Cephalometric {service_code} needs its image with the patient and a date."
        ),
    ),
    "other": MissingDocument(
        title=lambda: _("Document missing"),
        sentence=lambda: _("Service {service_code}{place} needs a document that is missing."),
    ),
}


def needed_because(finding: Finding) -> str:
    """Why a document with a threshold is needed here; empty where it always is."""
    units, more_than = finding.facts["units"], finding.facts["more_than"]
    assert isinstance(units, int) and isinstance(more_than, int)
    if more_than == 0:
        return ""
    if units > more_than:
        return " " + _("The case holds {units} such services, more than {more_than}.")
    return " " + _("For an anterior tooth it is always needed.")


def _paediatric(finding: Finding) -> str:
    if finding.proposal.kind is ProposalKind.RECODE:
        return _(
            "The age on {service_on} is {age}, not under {limit_years}; paediatric {service_code}"
            " becomes {new_code} {new_title}."
        )
    return _(
        "The age on {service_on} is {age}, not under {limit_years}; the adult equivalent of"
        " {service_code} has no tariff on that day."
    )


def _surfaces(finding: Finding) -> str:
    if finding.proposal.kind is ProposalKind.RECODE:
        return _(
            "{stated} surfaces are stated{place}, code {service_code} pays {wanted}; it becomes"
            " {new_code} {new_title}."
        )
    return _("{stated} surfaces are stated{place}, code {service_code} is for {wanted}.")


def _canals(finding: Finding) -> str:
    if finding.proposal.kind is ProposalKind.RECODE:
        return _(
            "{stated} canals are stated{place}, code {service_code} pays {wanted}; it becomes"
            " {new_code} {new_title}."
        )
    return _("{stated} canals are stated{place}, code {service_code} is for {wanted}.")


def _not_covered(finding: Finding) -> str:
    if finding.facts["is_cover_excluded"]:
        return _("The contract does not cover “{cover}”.")
    return _("“{title}” is among the services that cover “{cover}” excludes.")


def _membership(finding: Finding) -> str:
    if finding.facts["is_before_joining"]:
        return _("The service on {service_on} is before the insured joined on {joined_on}.")
    return _("The service on {service_on} is after the insured left the list on {left_on}.")


def _referral(finding: Finding) -> str:
    if finding.facts["is_before_issue"]:
        return _(
            "The service on {service_on} is before referral {referral} was issued on {issued_on}."
        )
    return _(
        "Referral {referral} of {issued_on} expired on {expires_on}; the first service was"
        " recorded on {recorded_on}."
    )


def _case_date(finding: Finding) -> str:
    return {
        "referral_issue": _(
            "The case date {case_on} is before the issue date of the referral, {bound_on}."
        ),
        "registration": _("The case date {case_on} is after the registration, {bound_on}."),
        "contract_start": _(
            "The case date {case_on} is before the start of the contract, {bound_on}."
        ),
        "contract_end": _("The case date {case_on} is after the end of the contract, {bound_on}."),
        "joining": _("The case date {case_on} is before the insured joined, {bound_on}."),
        "leaving": _("The case date {case_on} is after the insured left the list, {bound_on}."),
    }[str(finding.facts["bound"])]


def _dentition(finding: Finding) -> str:
    if finding.facts["is_primary_code"]:
        return _("Code {service_code} is for primary teeth only{place}.")
    return _("Code {service_code} is for permanent teeth only{place}.")


def _tooth(finding: Finding) -> str:
    if finding.facts["scope"] == "jaw":
        return _("Service {service_code} is per jaw and names neither jaw nor tooth.")
    return _("Service {service_code} is per tooth and names no tooth.")


def _misdated(finding: Finding) -> str:
    if finding.facts["phase"] == "before":
        return _(
            "Image {image_number} “before treatment” is dated {taken_on}, after the service on"
            " {service_on}."
        )
    return _(
        "Image {image_number} “after treatment” is dated {taken_on}, before the service on"
        " {service_on}."
    )


SENTENCES: dict[str, Callable[[Finding], str]] = {
    "alveoloplasty_with_extraction": lambda _f: _(
        "Alveoloplasty together with line {other_line} ({other_title}, {other_on}) is not payable."
    ),
    "beyond_approval": beyond_approval,
    "canals_mismatch": _canals,
    "case_date_invalid": _case_date,
    "cosmetic": lambda _f: _("“{title}” is cosmetic and not payable."),
    "dentition_mismatch": _dentition,
    "evidence_misdated": _misdated,
    "extra_canal_without_three": lambda _f: _(
        "Extra canal {service_code}{place} has no line of {main_canals} canals on the same tooth."
    ),
    "flap_with_surgery": lambda _f: _(
        "Flap and suture are included in line {other_line} ({other_title}, {other_on})."
    ),
    "four_canal_without_price": lambda _f: _(
        "Code {service_code} of {canals} canals has no tariff on {service_on}; it is billed as a"
        " line of {main_canals} canals and {extra_canals} × code {extra_code} on the same tooth."
    ),
    "image_used_again": image_used_again,
    "image_blurred": image_blurred,
    "image_dark": image_dark,
    "image_not_radiograph": image_not_radiograph,
    "image_small": image_small,
    "no_approval": no_approval,
    "no_tariff": lambda _f: _(
        "Code {service_code} has no tariff on {service_on}; no tariff reject is computed for"
        " {cost_rial}."
    ),
    "open_referral_beside_direct": lambda _f: _(
        "Referral {referral} of {issued_on} at {centre} is still open and blocks direct claims of"
        " this cover."
    ),
    "other_cover": lambda _f: _("“{title}” belongs to another cover than “{cover}” of this claim."),
    "paediatric_code_age": _paediatric,
    "primary_tooth_age": lambda _f: _(
        "The age on {service_on} is {age}, over {limit_years}, and the tooth is primary{place}."
    ),
    "reissued_referral_needs_note": lambda _f: _(
        "Referral {referral} was re-issued on {issued_on} after expiry; each service needs a note."
    ),
    "service_after_registration": lambda _f: _(
        "The service on {service_on} is after its registration on {registered_on}."
    ),
    "service_not_covered": _not_covered,
    "service_outside_contract": lambda _f: _(
        "The service on {service_on} is outside the contract, {start_on} to {end_on}."
    ),
    "service_outside_membership": _membership,
    "service_outside_referral": _referral,
    "similar_image": similar_image,
    "surfaces_mismatch": _surfaces,
    "surfaces_missing": lambda _f: _(
        "Code {service_code} is for {wanted} surfaces and none is named."
    ),
    "tariff_excess": lambda _f: _(
        "The tariff of {service_code} in force since {tariff_from} is {unit_rial} a unit."
    ),
    "tooth_missing": _tooth,
    "treated_before": treated_before,
    "unknown_code": lambda _f: _("Code {service_code} is not in the catalogue of services."),
    "visit_with_treatment": lambda _f: _(
        "The visit on {service_on} led to line {other_line} ({other_title}, {other_on}) by the same"
        " dentist."
    ),
}
