"""Synthetic evidence for demonstrations, as JPEG bytes: the same seed, the same bytes.

Other seeds give other pictures; the pictures of one seed before and after belong together.
"""

from workbench.demo.drawing_jaw import cbct, cephalometric, panoramic
from workbench.demo.drawing_paper import form, identity, invoice, signed_referral
from workbench.demo.drawing_photo import photograph
from workbench.demo.drawing_radiograph import bitewing, periapical
from workbench.demo.drawing_treatment import Phase, Treatment

__all__ = [
    "Phase",
    "Treatment",
    "bitewing",
    "cbct",
    "cephalometric",
    "form",
    "identity",
    "invoice",
    "panoramic",
    "periapical",
    "photograph",
    "signed_referral",
]
