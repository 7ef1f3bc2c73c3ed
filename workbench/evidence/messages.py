"""The sentences of this package's refusals: code → English id, filled by the refusal's facts."""

from workbench.i18n import N_

MESSAGES: dict[str, str] = {
    "evidence_empty": N_("“{name}” is empty. Choose the file again and send it once more."),
    "evidence_too_large": N_(
        "“{name}” is larger than {limit_megabytes} megabytes. Save it smaller and send it again."
    ),
    "evidence_bad_name": N_(
        "The file name “{name}” holds a path or hidden characters, or is too long. "
        "Rename the file and send it again."
    ),
    "evidence_not_jpeg_name": N_(
        "“{name}” is no JPEG by its name. Only files ending in .jpg or .jpeg are accepted."
    ),
    "evidence_not_jpeg": N_(
        "“{name}” is called JPEG, but its content is of another kind. "
        "Save the picture as JPEG and send it again."
    ),
    "evidence_truncated": N_(
        "“{name}” breaks off before the picture ends. Send the complete file again."
    ),
    "evidence_damaged": N_(
        "“{name}” is damaged and cannot be shown. Make the file again from its source."
    ),
    "evidence_bomb": N_(
        "“{name}” unpacks to far more than a picture of its size holds, and was not opened."
    ),
    "evidence_too_many_pixels": N_(
        "“{name}” has more than {limit_megapixels} million pixels. "
        "Save it smaller and send it again."
    ),
    "evidence_side_too_long": N_(
        "“{name}” is longer than {limit_pixels} pixels on one side. "
        "Save it smaller and send it again."
    ),
    "evidence_mode": N_(
        "“{name}” has colours made for printing ({mode}). "
        "Save it as an RGB or grey JPEG and send it again."
    ),
    "evidence_multi_picture": N_(
        "“{name}” holds several pictures in one file. Send each picture as a file of its own."
    ),
    "evidence_unreadable": N_("“{name}” cannot be read. Check its path and permissions."),
    "evidence_missing_file": N_(
        "The file of this image is missing in the store. The case stays usable; "
        "ask for the image again or restore the store."
    ),
    "evidence_damaged_file": N_(
        "The file of this image has changed in the store and is not shown. "
        "Restore it from the backup."
    ),
    "evidence_store_full": N_(
        "The image store is full, nothing was kept. Tell the administrator; send it again later."
    ),
    "evidence_store_unavailable": N_(
        "The image store does not answer. Nothing was lost; try again shortly."
    ),
    "evidence_many_orphans": N_(
        "More than {limit} files of the image store belong to no image of this database. Nothing "
        "was removed. Make sure that it is the right database; then allow more by --most."
    ),
    "evidence_store_unknown": N_("The address of the image store “{url}” is of an unknown kind."),
}
