"""The words of the lists of letters: outcomes of a contact, relations."""

from workbench.db.models.referral import CONTACT_OUTCOMES
from workbench.i18n import N_, _

OUTCOMES = CONTACT_OUTCOMES
OUTCOME_NAMES: dict[str | None, str] = {
    "will_come": N_("will come"),
    "promised_today": N_("promised today"),
    "no_answer": N_("no answer"),
    "gave_up": N_("gave up"),
    None: N_("not called yet"),
}
RELATION_NAMES: dict[str, str] = {
    "principal": N_("principal"),
    "spouse": N_("spouse"),
    "son": N_("son"),
    "daughter": N_("daughter"),
    "father": N_("father"),
    "mother": N_("mother"),
}


def outcome_name(outcome: str | None) -> str:
    """The word for what came of a contact; None: there was none."""
    return _(OUTCOME_NAMES[outcome])


def relation_name(relation: str | None) -> str:
    """نسبت of an insured person; a dash where the list does not say."""
    return "–" if relation is None else _(RELATION_NAMES[relation])
