"""The images of a case assessed a second time, for the viewer: no frame of the first one."""

from typing import Any

from workbench.i18n import language
from workbench.rules.teeth import name_teeth
from workbench.services.claims.view import Image
from workbench.services.rechecks.second_assessment import SecondView
from workbench.ui import words
from workbench.ui.format import day, listed

PANES = 2


def second_viewer_data(view: SecondView) -> dict[str, Any]:
    """What ``ui.components.viewer`` draws."""
    before = [each.number for each in view.images if each.phase == "before"]
    after = [each.number for each in view.images if each.phase == "after"]
    first = [*before[:1], *after[:1]]
    rest = [each.number for each in view.images if each.number not in first]
    return {
        "case": str(view.place.recheck_id),
        "images": [_image(view, each) for each in view.images],
        "groups": words.image_groups(),
        "panes": (first + rest)[:PANES],
    }


def _image(view: SecondView, image: Image) -> dict[str, Any]:
    kind = words.evidence_kind(image.kind)
    teeth = name_teeth(image.teeth, language()) if image.teeth else ""
    url = f"/evidence/{view.place.insurer_id}-{view.claim_id}/{image.number}"
    return {
        "number": image.number,
        "url": f"{url}/view",
        "thumb": f"{url}/thumb",
        "group": words.image_group(image.kind, image.phase),
        "label": listed(filter(None, (kind, teeth))),
        "date": day(image.taken_on) if image.taken_on else "",
        "width": image.width,
        "height": image.height,
        "kind": image.kind,
        "phase": image.phase,
        "teeth": list(image.teeth),
        "note": "",
        "tag": None,
        "tagKind": None,
        "damaged": False,
    }
