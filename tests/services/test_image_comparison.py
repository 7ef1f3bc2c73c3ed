"""The whole way of an image that was used before: sent, read, compared, asked about."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import registered_world as world
from PIL import Image, ImageOps
from sqlalchemy import func, select

from workbench.db.engine import Database
from workbench.db.models import Claim, ImageFingerprint, ImageJob, SimilarPair
from workbench.db.queries.image_scope import images_near
from workbench.demo import drawing
from workbench.evidence.intake import take_in
from workbench.evidence.store import EvidenceStore
from workbench.rules.facts import EvidenceKind
from workbench.services.claims.content import ImageRequest
from workbench.services.claims.registration import register_claim
from workbench.services.images import comparison as image_comparison
from workbench.services.images.comparison import Comparison
from workbench.services.images.reading import read_next_image


def hidden(data: bytes) -> bytes:
    """Mirrored, a rim cut off, saved again."""
    with Image.open(io.BytesIO(data)) as image:
        width, height = image.size
        buffer = io.BytesIO()
        ImageOps.mirror(image.crop((12, 10, width - 15, height - 9))).save(buffer, "JPEG")
        return buffer.getvalue()


class House:
    """A database with a store and one process that reads images."""

    def __init__(self, database: Database, folder: object, now: datetime) -> None:
        self.database, self.now = database, now
        self.store = EvidenceStore(str(folder))
        self.comparison = Comparison(database, self.store)
        self._numbers = iter(range(1, 50))
        database.in_tx(lambda session: world.build(session, now))

    def send(self, data: bytes, code: str, kind: EvidenceKind = EvidenceKind.PERIAPICAL) -> str:
        """A member's document with this image; its number."""
        accepted = take_in(self.store, data, "a.jpg")
        number = f"14020001{next(self._numbers):02d}"
        self.now += timedelta(minutes=1)
        image = ImageRequest(accepted=accepted, file_name="a.jpg", kind=kind)
        claim = world.direct(number=number, national_code=code, images=(image,))
        self.database.in_tx(lambda s: register_claim(s, None, claim, now=self.now))
        return number

    def read(self, comparison: Comparison | None = None) -> None:
        chosen = self.comparison if comparison is None else comparison
        while read_next_image(self.database, self.store, now=self.now, compare=chosen.find):
            pass

    def pairs(self) -> list[SimilarPair]:
        with self.database.reading() as session:
            assert not session.scalar(select(func.count()).select_from(ImageJob))
            return list(session.scalars(select(SimilarPair)))


@pytest.fixture
def house(database: Database, tmp_path: object, now: datetime) -> House:
    return House(database, tmp_path, now)


@pytest.fixture(scope="module")
def film() -> Callable[[int], bytes]:
    return lambda seed: drawing.periapical(seed, 36, "after", "root_canal", 3)


def test_another_patients_film_mirrored_and_cut_is_found(house: House, film) -> None:
    first = house.send(film(1), world.PRINCIPAL)
    house.read()
    second = house.send(hidden(film(1)), world.CHILD)
    house.send(film(2), world.CHILD)
    house.read()
    (pair,) = house.pairs()
    assert pair.change["is_mirrored"] and {"mirrored", "cropped"} == set(pair.change["codes"])
    assert pair.change["agreeing_percent"] > 76 and pair.distance < 128
    with house.database.reading() as session:
        counts = dict(session.execute(select(Claim.number, Claim.open_finding_count)).all())
    assert counts[second] == counts[first] + 1


def test_papers_are_not_compared(house: House) -> None:
    form = drawing.form(1, "فرم طرح درمان")
    house.send(form, world.PRINCIPAL, EvidenceKind.PLAN_FORM)
    house.send(hidden(form), world.CHILD, EvidenceKind.PLAN_FORM)
    house.read()
    assert house.pairs() == []


def test_two_processes_that_read_in_turn_find_the_pair(house: House, film) -> None:
    other = Comparison(house.database, house.store)
    house.send(film(1), world.PRINCIPAL)
    house.read(other)
    house.send(film(3), world.PRINCIPAL)
    house.read()
    house.send(hidden(film(3)), world.CHILD)
    house.read(other)
    assert (len(house.pairs()), len(other)) == (1, 3)


def test_reading_again_finds_no_second_pair(house: House, film) -> None:
    house.send(film(1), world.PRINCIPAL)
    house.send(hidden(film(1)), world.CHILD)
    house.read()

    def again(session) -> None:
        for sha256 in session.scalars(select(ImageFingerprint.sha256)).all():
            session.add(
                ImageJob(sha256=sha256, created_at=house.now, next_try_at=house.now, attempts=0)
            )

    house.database.in_tx(again)
    house.read()
    house.read(Comparison(house.database, house.store))
    assert len(house.pairs()) == 1


def test_a_lost_original_of_the_other_image_is_no_alarm(house: House, film) -> None:
    house.send(film(1), world.PRINCIPAL)
    house.read()
    with house.database.reading() as session:
        house.store.delete(session.scalars(select(ImageFingerprint.sha256)).one())
    house.send(hidden(film(1)), world.CHILD)
    house.read()
    assert house.pairs() == []


def test_in_a_large_house_places_are_compared_with_those_near_in_business(
    house: House, film, monkeypatch
) -> None:
    monkeypatch.setattr(image_comparison, "WHOLE_SCOPE_IMAGES", 0)
    house.send(film(1), world.PRINCIPAL)
    house.send(hidden(film(1)), world.CHILD)
    house.read()
    (pair,) = house.pairs()
    since = house.now - timedelta(days=731)
    with house.database.reading() as session:
        near = set(session.scalars(images_near(pair.later_sha256, since)))
        later = set(session.scalars(images_near(pair.later_sha256, house.now)))
    assert near == {pair.later_sha256, pair.earlier_sha256}
    assert later == set()
