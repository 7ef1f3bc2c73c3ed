"""The name of a file proposes what its image shows."""

import pytest

from workbench.rules.facts import EvidenceKind, Phase
from workbench.rules.image_names import kind_of_name, phase_of_name


@pytest.mark.parametrize(
    ("name", "kind", "phase"),
    [
        ("OPG_1402.jpg", EvidenceKind.PANORAMIC, Phase.NONE),
        ("36-before.jpg", EvidenceKind.PERIAPICAL, Phase.BEFORE),
        ("bw after 2.jpeg", EvidenceKind.BITEWING, Phase.AFTER),
        ("پانورامیک قبل.jpg", EvidenceKind.PANORAMIC, Phase.BEFORE),
        ("عکس_بعد۲.jpg", EvidenceKind.PHOTOGRAPH, Phase.AFTER),
        ("video.jpg", EvidenceKind.PERIAPICAL, Phase.NONE),
        ("preview.jpg", EvidenceKind.PERIAPICAL, Phase.NONE),
        ("", EvidenceKind.PERIAPICAL, Phase.NONE),
    ],
)
def test_a_whole_word_of_the_name_proposes(name, kind, phase):
    assert (kind_of_name(name), phase_of_name(name)) == (kind, phase)
