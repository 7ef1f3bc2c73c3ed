"""From an action of the lines component to the one service that does it."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from workbench import clock
from workbench.errors import Refused
from workbench.pages.assessor.case_state import CaseKey, keep_reply
from workbench.pages.assessor.pair_dialogs import ask_about
from workbench.rules.facts import Cite
from workbench.services.claims import assessing
from workbench.services.desk import drafts
from workbench.services.errors import sentence
from workbench.services.images.citing import cite_deduction
from workbench.services.images.pair_answers import take_back_answer
from workbench.services.images.pending_frames import change_frames
from workbench.services.runtime import database
from workbench.ui.frames import cite_of
from workbench.ui.page import Context, check_acting

Act = Mapping[str, Any]
Service = Callable[[Session, Context, assessing.Place, Act], object]


def do_line_action(asking: Context, key: CaseKey, act: Act) -> None:
    """Do one action in its own transaction; the component is told whether it worked and why not.

    An action that is none of ours (a forged message) is refused like any other.
    """
    nonce = str(act.get("nonce", ""))
    if act.get("action") in ASKS:
        ask_about(str(act["action"]), str(act.get("finding") or ""))
        keep_reply(nonce, None)
        return
    try:
        service = SERVICES[str(act["action"])]
        check_acting()
        database().in_tx(lambda s: _run(s, service, asking, key, act))
    except Refused as refused:
        keep_reply(nonce, sentence(refused))
    except (AttributeError, KeyError, TypeError, ValueError):
        keep_reply(nonce, sentence(Refused("action_unknown")))
    else:
        keep_reply(nonce, None)


def _run(session: Session, service: Service, asking: Context, key: CaseKey, act: Act) -> None:
    """Frames that stand beside a reason now are pending no more."""
    service(session, asking, key.place(int(act["version"])), act)
    user_id = asking.actor.user_id
    change_frames(session, user_id, key.frames, gone=_cites(act), now=clock.now())
    if act.get("line") and act["action"] not in KEEPS_DRAFT:
        drafts.delete_drafts(session, user_id, f"line:{act['line']}")


def _accept(session: Session, asking: Context, place: assessing.Place, act: Act) -> object:
    now = clock.now()
    if act.get("finding"):
        return assessing.accept_finding(
            session, asking.actor, place, key=str(act["finding"]), cites=_cites(act), now=now
        )
    return assessing.mark_looked_at(session, asking.actor, place, line_id=int(act["line"]), now=now)


def _override(session: Session, asking: Context, place: assessing.Place, act: Act) -> object:
    return assessing.override_finding(
        session,
        asking.actor,
        place,
        key=str(act["finding"]),
        reason=str(act["reason"]),
        now=clock.now(),
    )


def _take_back(session: Session, asking: Context, place: assessing.Place, act: Act) -> None:
    take_back_answer(session, asking.actor, place, key=str(act["finding"]), now=clock.now())


def _cites(act: Act) -> tuple[Cite, ...]:
    """The frames that an action brings along."""
    return tuple(cite_of(frame) for frame in act.get("cites") or ())


def _edit(session: Session, asking: Context, place: assessing.Place, act: Act) -> object:
    return assessing.cut_line(
        session,
        asking.actor,
        place,
        line_id=int(act["line"]),
        quantity=int(act["quantity"]),
        unit_price_rial=int(act["unitPrice"]),
        reason=str(act.get("cutReason") or ""),
        note=str(act.get("note") or ""),
        cites=_cites(act),
        now=clock.now(),
    )


def _recode(session: Session, asking: Context, place: assessing.Place, act: Act) -> object:
    return assessing.recode_line(
        session,
        asking.actor,
        place,
        line_id=int(act["line"]),
        code=str(act["code"]),
        reason=str(act["reason"]),
        note=str(act["note"]),
        cites=_cites(act),
        now=clock.now(),
    )


def _deduct(session: Session, asking: Context, place: assessing.Place, act: Act) -> object:
    return assessing.add_deduction(
        session,
        asking.actor,
        place,
        line_id=int(act["line"]),
        reason=str(act["reason"]),
        amount_rial=int(act["amount"]),
        text=str(act.get("text") or ""),
        cites=_cites(act),
        now=clock.now(),
    )


def _remove(session: Session, asking: Context, place: assessing.Place, act: Act) -> object:
    return assessing.remove_deduction(
        session,
        asking.actor,
        place,
        line_id=int(act["line"]),
        index=int(act["index"]),
        now=clock.now(),
    )


def _reject(session: Session, asking: Context, place: assessing.Place, act: Act) -> object:
    return assessing.reject_line(
        session,
        asking.actor,
        place,
        line_id=int(act["line"]),
        reason=str(act["reason"]),
        text=str(act.get("text") or ""),
        cites=_cites(act),
        now=clock.now(),
    )


def _restore(session: Session, asking: Context, place: assessing.Place, act: Act) -> object:
    return assessing.restore_line(
        session, asking.actor, place, line_id=int(act["line"]), now=clock.now()
    )


def _cite(session: Session, asking: Context, place: assessing.Place, act: Act) -> object:
    return cite_deduction(
        session,
        asking.actor,
        place,
        line_id=int(act["line"]),
        index=None if act.get("index") is None else int(act["index"]),
        cites=_cites(act),
        now=clock.now(),
    )


ASKS = ("ask_back", "answer_late")
"""What opens a dialog first: it wants words."""
KEEPS_DRAFT = ("accept", "remove_deduction", "cite")
SERVICES: Mapping[str, Service] = {
    "accept": _accept,
    "override": _override,
    "take_back": _take_back,
    "edit": _edit,
    "recode": _recode,
    "deduct": _deduct,
    "cite": _cite,
    "remove_deduction": _remove,
    "reject": _reject,
    "restore": _restore,
}
