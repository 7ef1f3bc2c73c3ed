"""The sentence of the refusal of a frame."""

from workbench.i18n import N_

MESSAGES: dict[str, str] = {
    "cite_wrong": N_(
        "A frame is too small, lies outside its image, or there are more than {n} frames for one "
        "reason. Take it away and draw it again."
    ),
    "cite_nothing": N_(
        "Nothing is taken off the line here that a frame could stand beside. Leave the frames out, "
        "or deduct first."
    ),
}
