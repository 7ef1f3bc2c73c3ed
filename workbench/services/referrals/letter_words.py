"""The words on a letter: groups of services, what a cover leaves out, franchise, ceiling."""

from collections.abc import Sequence

from workbench.i18n import N_, _, language
from workbench.persian.digits import to_persian

PER_CENT_BASIS = 100
GROUP_NAMES: dict[str, str] = {
    "alveoloplasty": N_("Alveoloplasty"),
    "bone_graft": N_("Bone graft"),
    "bridge": N_("Bridge"),
    "cephalometric": N_("Cephalometric"),
    "cosmetic": N_("Cosmetic treatment"),
    "crown": N_("Crown"),
    "cyst": N_("Cyst surgery"),
    "denture": N_("Denture"),
    "extra_canal": N_("Extra canal"),
    "extraction": N_("Extraction"),
    "filling": N_("Filling"),
    "flap": N_("Flap surgery"),
    "fluoride": N_("Fluoride"),
    "frenectomy": N_("Frenectomy"),
    "impacted": N_("Impacted tooth"),
    "implant": N_("Implant"),
    "medical": N_("Medical service"),
    "night_guard": N_("Night guard"),
    "orthodontics": N_("Orthodontics"),
    "panoramic": N_("Panoramic"),
    "post": N_("Post"),
    "pulpectomy": N_("Pulpectomy"),
    "radiograph": N_("Radiograph"),
    "root_canal": N_("Root canal"),
    "scaling": N_("Scaling"),
    "sealant": N_("Fissure sealant"),
    "steel_crown": N_("Steel crown"),
    "vestibuloplasty": N_("Vestibuloplasty"),
    "visit": N_("Visit"),
}


def group_name(code: str) -> str:
    """The word for a group of services; an unknown group is shown as it is."""
    return _(GROUP_NAMES.get(code, code))


def ceiling_kind_name(*, is_family: bool) -> str:
    """Whether a ceiling is a person's own or floats in the family."""
    return _("family (floating)") if is_family else _("individual")


def excluded_sentence(groups: Sequence[str]) -> str:
    """B1: what the cover leaves out, «خدمات غیر قابل ارائه: …»; empty when nothing."""
    if not groups:
        return ""
    return _("Services not provided: {groups}").format(groups=" - ".join(map(group_name, groups)))


def franchise_words(basis: int) -> str:
    """A franchise in basis points as per cent: «۱۰٪»."""
    text = f"{basis / PER_CENT_BASIS:g}"
    return f"{to_persian(text)}٪" if language() == "fa" else f"{text}%"
