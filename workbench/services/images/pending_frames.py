"""Frames drawn on images that stand beside no reason yet: drafts of whoever drew them."""

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from workbench.rules.facts import Cite
from workbench.rules.frames import is_frame
from workbench.services.desk.drafts import drafts, save_draft


def frames_in(text: str, images: Collection[int]) -> tuple[Cite, ...]:
    """The frames of a draft's text, in the order of drawing.

    Those of an image that is none of ``images`` are left out, as is what is no frame.
    """
    return tuple(cite for cite in _parsed(text) if cite.image in images)


def change_frames(
    session: Session,
    user_id: int,
    key: str,
    *,
    drawn: Iterable[Cite] = (),
    gone: Iterable[Cite] = (),
    now: datetime,
) -> None:
    """Keep what was drawn, forget what is gone; what another window drew meanwhile stays.

    ``key``: the draft's. Gone are those dropped, and those that stand beside a reason now.
    """
    kept = _parsed(drafts(session, user_id, key).get(key, ""))
    left = dict.fromkeys((*kept, *drawn))
    for cite in gone:
        left.pop(cite, None)
    if tuple(left) != kept:
        text = json.dumps([asdict(cite) for cite in left]) if left else ""
        save_draft(session, user_id, key, text, now=now)


def _parsed(text: str) -> tuple[Cite, ...]:
    """A draft is what a browser sent: what is no frame is left out."""
    try:
        rows = json.loads(text or "[]")
        cites = [Cite(**row) for row in rows]
    except (TypeError, ValueError):
        return ()
    return tuple(dict.fromkeys(cite for cite in cites if is_frame(cite)))
