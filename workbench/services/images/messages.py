"""The sentences of refusals when images are added to a claim or a treatment plan."""

from workbench.i18n import N_

MESSAGES: dict[str, str] = {
    "earlier_image_unknown": N_(
        "This earlier image is not there, or you may not see it. Open the list again."
    ),
    "plan_seat_needed": N_(
        "You have no seat on plan {number} at present. Take a seat, then add the images."
    ),
    "too_many_files": N_("At most {limit} images are added at once. Choose fewer files."),
    "upload_without_files": N_("No image is chosen. Choose at least one."),
}
