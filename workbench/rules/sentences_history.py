"""The wording of the findings about earlier treatments and about images hard to read."""

from workbench.i18n import _, language
from workbench.rules.finding import Finding
from workbench.rules.teeth import describe_jaw, describe_tooth


def treated_before(finding: Finding) -> str:
    """What was done, where and when, and until when the interval runs."""
    facts = finding.facts
    if facts["other_line"] is not None:
        said = _(
            "Line {other_line} of this case bills the same service at the same place"
            " ({earlier_on})."
        )
    elif facts["earlier_claim"] is None:
        said = _("Code {earlier_code}{at} stands in a case of another insurer on {earlier_on}.")
    elif facts["centre"] is None:
        said = _("“{earlier_title}”{at} was done on {earlier_on} (case {earlier_claim}).")
    else:
        said = _(
            "“{earlier_title}”{at} was done on {earlier_on} at {centre} (case {earlier_claim})."
        )
    said = said.replace("{at}", _at(finding))
    said += " " + _("It is paid once in {months} months, again after {ends_on}.")
    if not facts["is_sure"]:
        said += " " + _("The surfaces of one of the two are not stated: compare them.")
    return said


def _at(finding: Finding) -> str:
    """The place of the earlier treatment, after a comma; empty for the whole mouth."""
    tooth, jaw = finding.facts["earlier_tooth"], finding.facts["earlier_jaw"]
    if isinstance(tooth, int):
        return _(", tooth {tooth}").format(tooth=describe_tooth(tooth, language()))
    if isinstance(jaw, str):
        return _(", {jaw}").format(jaw=describe_jaw(jaw, language()))
    return ""


def image_small(_finding: Finding) -> str:
    """Too few pixels."""
    return _(
        "The shorter side of image {image_number} has {measured} pixels, fewer than {limit}; it may"
        " be hard to read. A hint only."
    )


def image_dark(_finding: Finding) -> str:
    """Dark, and flat."""
    return _(
        "Image {image_number} is dark, and its contrast is {measured} of 255, under {limit}; it may"
        " be hard to read. A hint only."
    )


def image_blurred(_finding: Finding) -> str:
    """No sharp edge."""
    return _(
        "The sharpness of image {image_number} is {measured}, under {limit}; it may be blurred. A"
        " hint only."
    )


def image_not_radiograph(_finding: Finding) -> str:
    """In colour where a radiograph is meant."""
    return _(
        "The mean colour of image {image_number} is {measured} of 255, over {limit}; a radiograph"
        " is grey, this may be a photograph. A hint only."
    )
