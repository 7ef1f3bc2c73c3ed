"""The sentence of the refusal of a frame."""

from workbench.i18n import N_

MESSAGES: dict[str, str] = {
    "cite_wrong": N_(
        "A frame is too small, lies outside its image, or there are more than {n} frames for one "
        "reason. Take it away and draw it again."
    ),
}
