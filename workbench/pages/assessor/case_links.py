"""The patient column of the case page: its ceiling, its letter and its treatment plans open."""

from workbench.pages.assessor.case_state import CaseKey
from workbench.services.claims.view import CaseView
from workbench.services.referrals.letter_links import account_of_claim, letter_of_claim
from workbench.ui import case_panels, navigate
from workbench.ui.case_commission import OPEN_PLAN
from workbench.ui.components.open_rows import open_rows
from workbench.ui.page import Context, doing


def patient_column(asking: Context, key: CaseKey, view: CaseView, code: str | None) -> None:
    """The column; ``code``: the full national code once it was opened."""
    html = case_panels.patient_column(view, code)
    open_rows("patient_column", html, lambda target: _leave(asking, key, target))


def _leave(asking: Context, key: CaseKey, target: str) -> None:
    ids, insurer = (key.insurer_id, key.claim_id), str(key.insurer_id)
    if target == case_panels.OPEN_CEILING:
        account = doing(lambda s: account_of_claim(s, asking.actor, *ids))
        if account is not None:
            navigate.go("ceiling", insurer=insurer, account=str(account))
    elif target == case_panels.OPEN_LETTER:
        letter = doing(lambda s: letter_of_claim(s, asking.actor, *ids))
        if letter is not None:
            navigate.go("letter", insurer=insurer, letter=str(letter))
    elif target.startswith(OPEN_PLAN):
        navigate.go("plan", n=target.removeprefix(OPEN_PLAN))
