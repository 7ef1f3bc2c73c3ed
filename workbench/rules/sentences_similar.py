"""What the findings about images that look alike say."""

from collections.abc import Callable, Iterable

from workbench.i18n import _, language
from workbench.rules.finding import Finding

CHANGES: dict[str, Callable[[], str]] = {
    "mirrored": lambda: _("mirrored"),
    "turned": lambda: _("turned"),
    "negative": lambda: _("negative"),
    "cropped": lambda: _("cropped"),
    "scaled": lambda: _("scaled"),
    "adjusted": lambda: _("brightness or contrast changed"),
}


def similar_image(finding: Finding) -> str:
    """Which image is like which, whose it is, how near, and what was done to it."""
    return _alike(finding) + _decided(finding)


def image_used_again(finding: Finding) -> str:
    """The same, seen from the image that came first."""
    return _alike(finding) + _decided(finding)


def changes(codes: Iterable[str]) -> str:
    """What was done to one of the two: «آینه‌ای، برش‌خورده»; nothing but a re-encoding: said so."""
    said = [CHANGES[code]() for code in codes if code in CHANGES]
    separator = "، " if language() == "fa" else ", "
    return separator.join(said) or _("only saved again")


def _alike(finding: Finding) -> str:
    said = {
        (True, True): _(
            "Image {image_number} looks like image {other_image} of {where}, sent on {sent_on} for"
            " the same patient: distance {distance} of 256, {changes}."
        ),
        (True, False): _(
            "Image {image_number} looks like image {other_image} of {where}, sent on {sent_on} for"
            " another patient: distance {distance} of 256, {changes}."
        ),
        (False, True): _(
            "Image {image_number} looks like an image that came to another insurer on {sent_on} for"
            " the same patient: distance {distance} of 256, {changes}."
        ),
        (False, False): _(
            "Image {image_number} looks like an image that came to another insurer on {sent_on} for"
            " another patient: distance {distance} of 256, {changes}."
        ),
    }[finding.facts["other_image"] is not None, bool(finding.facts["is_same_patient"])]
    codes = finding.facts["changes"]
    assert isinstance(codes, tuple)
    return said.replace("{where}", _where(finding)).replace("{changes}", changes(codes))


def _where(finding: Finding) -> str:
    if finding.facts["other_claim"] is not None:
        return _("case {other_claim}")
    return _("treatment plan {other_plan}")


def _decided(finding: Finding) -> str:
    if finding.facts["decision"] == "same":
        return " " + _("It was found to be the same picture.")
    return ""
