"""The printable letter «معرفی‌نامه» as a PDF, in Persian, with a place for signature and stamp.

Identical data and ``now`` give identical bytes; the layout is ``pdf.typ``.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from workbench.errors import Refused
from workbench.i18n import _
from workbench.persian.digits import to_persian
from workbench.persian.jalali import format_day, format_instant
from workbench.persian.rial import format_rial
from workbench.services.access import Actor
from workbench.services.batches.words import on_paper
from workbench.services.errors import state_name
from workbench.services.printing import pdf_of
from workbench.services.referrals.access import record_referral, referral_for
from workbench.services.referrals.letter_words import ceiling_kind_name, franchise_words
from workbench.services.referrals.list_words import relation_name
from workbench.services.referrals.view import LetterView, read_letter

CLOSED_STATES = frozenset({"settled", "expired", "invalid", "cancelled"})


def letter_pdf(
    session: Session, actor: Actor, insurer_id: int, referral_id: int, *, now: datetime
) -> bytes:
    """The letter as PDF bytes (A5, across); leaves an event on the trail.

    A letter that is over says so across its head. Needs a writing transaction. Refused while it is
    only requested: ``letter_not_approved``.
    """
    view = read_letter(session, actor, insurer_id, referral_id, now=now)
    letter = referral_for(session, actor, "referral.read", view.place)
    if not view.may_print:
        raise Refused("letter_not_approved", number=view.number)
    record_referral(session, letter, "print", actor_id=actor.user_id, now=now)
    with on_paper():
        content = _content(read_letter(session, actor, insurer_id, referral_id, now=now), now)
    return pdf_of("referrals/pdf.typ", content)


def _content(view: LetterView, now: datetime) -> dict[str, Any]:
    """Fields are label, value, and whether the value runs from left to right."""
    return {
        "title": _("Referral letter"),
        "subtitle": _("To the treatment centre: {centre}").format(centre=view.centre),
        "number_label": _("Number of the letter"),
        "number": to_persian(view.number),
        "over": state_name(view.state) if view.state in CLOSED_STATES else "",
        "person": [
            (_("Insured person"), view.person_name, False),
            (_("National code"), to_persian(view.masked_national_code), True),
            (_("Relation"), relation_name(view.relation), False),
            (_("Policyholder"), view.policyholder, False),
            (_("Contract"), to_persian(view.contract_number), True),
            (_("Plan"), view.plan, False),
            (_("Insurer"), view.insurer, False),
            (_("Contract valid until"), _day(view.contract_end_on), True),
        ],
        "cover": [
            (_("Cover"), view.cover_title, False),
            (_("Kind of ceiling"), ceiling_kind_name(is_family=view.is_family), False),
            (_("Franchise"), franchise_words(view.franchise_basis), True),
            (_("Issued on"), _day(view.issued_on), True),
            (_("Valid until"), _day(view.last_valid_on), True),
        ],
        "amount_label": _("Up to the amount of"),
        "amount": format_rial(view.amount_rial, "fa"),
        "amount_unit": _("rials"),
        "excluded": view.excluded,
        "replaces": _replaces(view),
        "note": _(
            "The services must be recorded from the day of issue until the last valid day; "
            "without a recorded service the letter expires and its amount returns to the ceiling. "
            "The insured person pays the franchise and what exceeds the amount."
        ),
        "signatures": [
            _("Issued by: name, signature and stamp"),
            _("Insured person: signature"),
            _("Treatment centre: stamp and signature"),
        ],
        "printed": _("Printed on {at}").format(at=to_persian(format_instant(now))),
    }


def _replaces(view: LetterView) -> str:
    if view.replaces_number is None:
        return ""
    return _(
        "Issued again in place of letter {number}: only services from {on} on count, "
        "each with a note."
    ).format(number=to_persian(view.replaces_number), on=_day(view.issued_on))


def _day(on: date) -> str:
    return to_persian(format_day(on))
