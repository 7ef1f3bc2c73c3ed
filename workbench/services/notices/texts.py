"""What a notice says to a centre: from templates, in Persian, and without anybody's identity."""

import re
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Person, PlanDefect, PlanVote, Reason, TreatmentPlan, User
from workbench.i18n import _
from workbench.persian.digits import to_ascii, to_persian
from workbench.persian.identifiers import mask_national_code
from workbench.services.batches.words import on_paper
from workbench.services.images.cite_words import with_cites
from workbench.services.images.cites import cites_of

_DIGITS = re.compile(r"(?<![0-9۰-۹٠-٩])[0-9۰-۹٠-٩](?:[ \-\u200c]?[0-9۰-۹٠-٩]){7,9}(?![0-9۰-۹٠-٩])")
_NOT_A_DIGIT = re.compile(r"[^0-9]")
_LETTER_FORMS = {"ی": "[یيى]", "ي": "[یيى]", "ک": "[کك]", "ك": "[کك]"}
_GAP = r"[\s\u200c]*"


def decided_text(session: Session, plan: TreatmentPlan) -> str:
    """The number of a decided plan and its public result."""
    with on_paper():
        said = _("Treatment plan {number}: the commission has decided. {result}.").format(
            number=to_persian(plan.number), result=plan.public_text or ""
        )
        return _without_identities(session, plan, said)


def returned_text(session: Session, plan: TreatmentPlan) -> str:
    """The number of a returned plan, what it lacks, and that its clock stands still."""
    rows = session.execute(
        select(Reason.title_fa, PlanDefect.text, PlanDefect.cites)
        .join(Reason, Reason.code == PlanDefect.reason)
        .where(
            PlanDefect.insurer_id == plan.insurer_id,
            PlanDefect.plan_id == plan.id,
            PlanDefect.round == plan.round,
        )
        .order_by(PlanDefect.reason)
    ).all()
    with on_paper():
        said_of = [(title, with_cites(text, cites_of(cites))) for title, text, cites in rows]
        defects = "؛ ".join(f"{title}: {text}" if text else title for title, text in said_of)
        said = _(
            "Treatment plan {number} was returned. Defects: {defects}. Its deadline stands still "
            "until it is submitted again with what is missing."
        ).format(number=to_persian(plan.number), defects=defects)
        return _without_identities(session, plan, said)


def _without_identities(session: Session, plan: TreatmentPlan, text: str) -> str:
    """The text without the patient's name and code and the names of those who voted.

    Templates hold none; this is about what was typed as a reason or a defect.
    """
    person = session.get_one(Person, plan.person_id)
    names = (person.name, f"{person.last_name} {person.first_name}")
    members = session.scalars(
        select(User.display_name)
        .join(PlanVote, PlanVote.member_id == User.id)
        .where(PlanVote.insurer_id == plan.insurer_id, PlanVote.plan_id == plan.id)
        .distinct()
    )
    text = _replace(text, names, _("the patient"))
    text = _replace(text, members, _("a member of the commission"))
    return hide_code(text, person.national_code)


def hide_code(text: str, national_code: str) -> str:
    """Mask a national code wherever it stands: any digits, spaced, with or without its zeros."""

    def hidden(found: re.Match[str]) -> str:
        digits = _NOT_A_DIGIT.sub("", to_ascii(found[0]))
        is_code = digits.zfill(len(national_code)) == national_code
        return to_persian(mask_national_code(national_code)) if is_code else found[0]

    return _DIGITS.sub(hidden, text)


def _replace(text: str, names: Iterable[str], word: str) -> str:
    for name in names:
        parts = [_pattern(part) for part in name.split()]
        if parts:
            text = re.sub(rf"(?<!\w){_GAP.join(parts)}(?!\w)", lambda _found: word, text)
    return text


def _pattern(part: str) -> str:
    """A word of a name however its letters were typed."""
    return "".join(_LETTER_FORMS.get(letter, re.escape(letter)) for letter in part)
