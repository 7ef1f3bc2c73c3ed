"""Images are found again after what people do to them, with the change named; others are not."""

import io
from functools import cache

import numpy as np
import pytest
from PIL import Image, ImageDraw

from scripts.bench.evidence_changes import changed
from workbench.demo import drawing
from workbench.evidence.change import Change, Means
from workbench.evidence.compare import Strictness
from workbench.evidence.describe import Seen, describe_change, look_at
from workbench.evidence.features import find_features, from_bytes, to_bytes
from workbench.evidence.fingerprint import VIEWS, Fingerprint, fingerprint
from workbench.evidence.picture import read_grey
from workbench.evidence.similar import SimilarIndex, Thresholds, compare_features, prepare

PANORAMIC, PERIAPICAL, PHOTOGRAPH = 1, 2, 3
BY_CODES = ("encoded again", "resized to 60 %", "mirrored", "quarter turn", "negative")
SEED = 4


@cache
def images() -> dict[int, bytes]:
    return {
        PANORAMIC: drawing.panoramic(71, label="1404/05/01"),
        PERIAPICAL: drawing.periapical(72, 36, "before", "filling"),
        PHOTOGRAPH: drawing.photograph(73, "before"),
        4: drawing.periapical(74, 36, "before", "filling"),
        5: drawing.panoramic(75, label="1404/05/02"),
        6: drawing.bitewing(76, "right", "before", 0),
    }


@cache
def stored() -> dict[int, Fingerprint]:
    return {image: fingerprint(data) for image, data in images().items()}


@cache
def index() -> SimilarIndex:
    filled = SimilarIndex()
    for image, kept in stored().items():
        filled.add(image, kept.codes)
    return filled


def described(
    later: bytes, earlier: bytes, guess: Change | None = None, strictness: Strictness | None = None
) -> Seen | None:
    """The later image beside the earlier one, of which the places are stored."""
    known = look_at(earlier, fingerprint(earlier).features)
    return describe_change(look_at(later), known, guess, strictness or Strictness())


def features() -> list[tuple[int, bytes]]:
    return [(image, kept.features) for image, kept in stored().items()]


@pytest.mark.parametrize("image", [PANORAMIC, PERIAPICAL, PHOTOGRAPH])
@pytest.mark.parametrize("name", BY_CODES)
def test_the_codes_find_the_image_first(name: str, image: int) -> None:
    found = index().search(changed(name, images()[image], SEED))
    assert found[0].image == image
    assert found[0].means is Means.CODES


CHANGES = {
    "encoded again": Change(),
    "mirrored": Change(is_mirrored=True),
    "negative": Change(is_negative=True),
    "crop to 80 %, a corner": Change(kept_percent=80),
    "crop to 64 %, a corner": Change(kept_percent=64),
    "stamped label": Change(),
    "brightness ±40": Change(),
}


@pytest.mark.parametrize("image", [PANORAMIC, PERIAPICAL, PHOTOGRAPH])
@pytest.mark.parametrize("name", CHANGES)
def test_the_change_is_named_and_seen_to_the_pixel(name: str, image: int) -> None:
    after = changed(name, images()[image], SEED)
    seen = described(after, images()[image])
    assert seen is not None
    assert seen.change.is_mirrored == CHANGES[name].is_mirrored
    assert seen.change.is_negative == CHANGES[name].is_negative
    assert seen.change.quarter_turns == 0
    assert abs(seen.change.turn_degrees) <= 1
    assert seen.change.kept_percent == pytest.approx(CHANGES[name].kept_percent, abs=4)


@pytest.mark.parametrize("name", ["photographed from a screen", "border", "turned by 3°"])
def test_the_places_find_the_image(name: str) -> None:
    after = changed(name, images()[PERIAPICAL], SEED)
    assert PERIAPICAL in {
        match.image for match in compare_features(fingerprint(after).features, features())
    }
    assert described(after, images()[PERIAPICAL]) is not None


def test_a_border_is_told_by_what_the_image_fills() -> None:
    seen = described(changed("border", images()[PERIAPICAL], SEED), images()[PERIAPICAL])
    assert seen is not None
    assert (seen.change.kept_percent, seen.change.filled_percent < 95) == (100, True)


@pytest.mark.parametrize("is_mirrored", [False, True])
@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_quarter_turns_are_told_alike_by_codes_and_places(quarters: int, is_mirrored: bool) -> None:
    image = Image.open(io.BytesIO(images()[PERIAPICAL]))
    if is_mirrored:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    buffer = io.BytesIO()
    image.rotate(-90 * quarters, expand=True).save(buffer, "JPEG", quality=85)
    expected = Change(is_mirrored=is_mirrored, quarter_turns=quarters)
    by_codes = index().search(buffer.getvalue())[0]
    by_places = compare_features(fingerprint(buffer.getvalue()).features, features())[0]
    seen = described(buffer.getvalue(), images()[PERIAPICAL])
    assert (by_codes.image, by_codes.change) == (PERIAPICAL, expected)
    assert (by_places.image, by_places.change) == (PERIAPICAL, expected)
    assert seen is not None
    assert seen.change == expected


def test_other_pictures_are_not_the_same() -> None:
    several = list(images().values())
    assert not [
        (n, m)
        for n, later in enumerate(several)
        for m, earlier in enumerate(several[:n])
        if described(later, earlier)
    ]


@pytest.mark.parametrize("name", ["mirrored", "mirrored, quarter turn", "negative"])
def test_a_picture_of_few_places_is_seen_by_what_its_codes_say(name: str) -> None:
    image = Image.new("L", (480, 360), 90)
    draw = ImageDraw.Draw(image)
    for n in range(5):
        draw.line((30, 40 + 50 * n, 430, 20 + 71 * n), fill=200 - 20 * n, width=9)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90)
    lines = SimilarIndex()
    lines.add(9, fingerprint(buffer.getvalue()).codes)
    after = changed(name, buffer.getvalue(), SEED)
    found = lines.search(after)[0]
    few = Strictness(places_least=121)
    assert described(after, buffer.getvalue(), None, few) is None
    assert described(after, buffer.getvalue(), found.change, few) is not None
    assert described(after, images()[PERIAPICAL], found.change, few) is None


def test_an_empty_picture_is_like_nothing() -> None:
    buffer = io.BytesIO()
    Image.new("L", (300, 200), 128).save(buffer, "JPEG")
    assert compare_features(fingerprint(buffer.getvalue()).features, features()) == []
    assert described(buffer.getvalue(), images()[PERIAPICAL]) is None
    assert described(buffer.getvalue(), buffer.getvalue()) is None


def test_a_picture_smaller_than_a_piece_is_like_nothing() -> None:
    buffer = io.BytesIO()
    Image.effect_noise((20, 12), 60).save(buffer, "JPEG")
    assert len(fingerprint(buffer.getvalue()).codes) == 32 * VIEWS
    assert described(buffer.getvalue(), images()[PERIAPICAL]) is None


def test_features_survive_being_stored() -> None:
    found = find_features(read_grey(images()[PERIAPICAL]))
    again = from_bytes(to_bytes(found))
    assert (again.width, again.height, len(again)) == (found.width, found.height, len(found))
    np.testing.assert_allclose(again.points, found.points, atol=0.01)
    np.testing.assert_array_equal(again.bits, found.bits)
    assert len(to_bytes(found)) <= 3_000


def test_the_index_grows_and_answers_the_same_after_a_reload() -> None:
    codes = np.random.default_rng(1).integers(0, 256, (70_000, VIEWS, 32), dtype=np.uint8)
    grown, reloaded = SimilarIndex(), SimilarIndex()
    grown.add_many(range(100, 60_100), codes[:60_000])
    for image, kept in stored().items():
        grown.add(image, kept.codes)
    grown.add_many(range(60_100, 70_100), codes[60_000:].tobytes())
    reloaded.add_many(np.arange(100, 70_100), codes)
    reloaded.add_many(list(stored()), b"".join(kept.codes for kept in stored().values()))
    query = prepare(changed("mirrored", images()[PANORAMIC], SEED))
    assert len(grown) == len(reloaded) == 70_006
    assert grown.search(query) == reloaded.search(query) == index().search(query) != []


def test_the_look_up_is_exact() -> None:
    codes = np.random.default_rng(2).integers(0, 256, (3_000, VIEWS, 32), dtype=np.uint8)
    asked = SimilarIndex()
    asked.add_many(range(3_000), codes)
    query = prepare(images()[PANORAMIC])
    limit = Thresholds(bits_most=104, images_most=3_000)
    whole = np.bitwise_count(query.laid[0][:, None] ^ codes[None, :, 0]).sum(axis=2).min(axis=0)
    expected = {int(n) for n in np.flatnonzero(whole <= 104)}
    found = {match.image: match.distance for match in asked.search(query, limit)}
    assert expected
    assert expected <= set(found)
    assert all(found[n] <= whole[n] for n in expected)
    assert max(found.values()) <= 104


def test_codes_of_a_wrong_length_are_a_bug() -> None:
    with pytest.raises(AssertionError):
        SimilarIndex().add(1, bytes(32 * VIEWS - 1))
    with pytest.raises(AssertionError):
        from_bytes(bytes(4 + 23))
