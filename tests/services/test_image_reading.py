"""Images are read once each, by whoever comes first; what fails is noted and tried again."""

import hashlib
import io
import os
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import registered_world as world
from PIL import Image
from sqlalchemy import select, update

from workbench import clock
from workbench.db.engine import Database
from workbench.db.models import EvidenceImage, ImageFeatures, ImageFingerprint, ImageJob
from workbench.evidence.intake import take_in
from workbench.evidence.reading import Reading, Signs, read_image
from workbench.evidence.store import EvidenceStore, Kind
from workbench.services import runtime
from workbench.services.claims.registration import register_claim
from workbench.services.images.keeper import ImageKeeper
from workbench.services.images.queue import (
    LEASE,
    count_waiting_images,
    hold_next_image,
    hurry_images,
)
from workbench.services.images.reading import BROKE, read_next_image
from workbench.services.images.sweep import sweep_orphans

SIGNS = Signs(
    version=1, codes=b"c" * 64, features=b"f" * 9, brightness=1, contrast=2, sharpness=3, colour=4
)
SHADES = (1, 2, 3)
WORKER = Path(__file__).with_name("image_worker.py")
FACTORIES = 3


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(str(tmp_path / "evidence"))


@pytest.fixture
def images(database: Database, store: EvidenceStore, now: datetime) -> list[str]:
    """The hashes of three images that stand in the store and wait to be read."""
    database.in_tx(lambda session: world.build(session, now))
    register(database, store, now, SHADES)
    return [hashlib.sha256(world.picture(shade)).hexdigest() for shade in SHADES]


def register(
    database: Database, store: EvidenceStore, now: datetime, shades: object, number: int = 1
) -> None:
    """A claim with these images; a second one attaches them."""
    for shade in shades:
        take_in(store, world.picture(shade), "before.jpg")
    images = tuple(
        world.image(shade, is_earlier=number > 1 and shade in SHADES) for shade in shades
    )
    claim = world.direct(number=f"14020000{number:02d}", images=images)
    database.in_tx(lambda session: register_claim(session, None, claim, now=now))


def read_with_signs(data: bytes) -> Reading:
    return Reading(copies=read_image(data).copies, signs=SIGNS)


def jobs(database: Database) -> dict[str, ImageJob]:
    with database.reading() as session:
        return {job.sha256: job for job in session.scalars(select(ImageJob))}


def rows(database: Database, model: type) -> list[object]:
    with database.reading() as session:
        return list(session.scalars(select(model)))


def read_all(database: Database, store: EvidenceStore, now: datetime, **more: object) -> int:
    count = 0
    while read_next_image(database, store, now=now, **more) is not None:
        count += 1
    return count


def test_each_new_image_waits_once(database, store, images, now) -> None:
    assert jobs(database).keys() == set(images)
    register(database, store, now, SHADES, number=2)
    assert jobs(database).keys() == set(images)


def test_reading_writes_everything_and_the_job_is_gone(database, store, images, now) -> None:
    seen = []

    def compare(sha256, data, _now):
        with database.reading() as session:
            stored = session.scalars(
                select(ImageFingerprint.codes).where(ImageFingerprint.sha256 == sha256)
            ).one()
        seen.append((sha256, hashlib.sha256(data).hexdigest(), stored))
        return ()

    assert read_all(database, store, now, read=read_with_signs, compare=compare) == 3
    assert sorted(seen) == sorted((sha256, sha256, SIGNS.codes) for sha256 in images)
    assert jobs(database) == {}
    for image in rows(database, EvidenceImage):
        assert store.read(image.sha256, Kind.RENDITION, image.rendition_sha256)
        assert store.read(image.sha256, Kind.THUMB, image.thumb_sha256)
        assert image.rendition_sha256 and image.thumb_sha256
    marks = rows(database, ImageFingerprint)
    assert {(m.version, m.brightness, m.contrast, m.sharpness, m.colour) for m in marks} == {
        (1, 1, 2, 3, 4)
    }
    assert {f.features for f in rows(database, ImageFeatures)} == {SIGNS.features}


def test_reading_again_replaces_the_signs(database, store, images, now) -> None:
    read_all(database, store, now, read=read_with_signs)
    database.in_tx(
        lambda s: s.add(ImageJob(sha256=images[0], created_at=now, next_try_at=now, attempts=0))
    )
    assert read_all(database, store, now, read=read_with_signs) == 1
    assert len(rows(database, ImageFingerprint)) == len(rows(database, ImageFeatures)) == 3


def test_what_is_held_is_passed_over_until_the_lease_ends(database, store, images, now) -> None:
    held = [database.in_tx(lambda s: hold_next_image(s, now=now)) for _ in range(4)]
    assert {each.sha256 for each in held if each} == set(images)
    assert held[3] is None
    assert read_next_image(database, store, now=now + LEASE - timedelta(seconds=1)) is None
    assert read_all(database, store, now + LEASE) == 3


def test_who_was_overtaken_writes_nothing(database, store, images, now) -> None:
    def slow(data: bytes) -> Reading:
        assert read_all(database, store, now + LEASE) == 3, "another took it up meanwhile"
        return read_with_signs(data)

    assert read_next_image(database, store, now=now, read=slow) is not None
    assert SIGNS.codes not in {mark.codes for mark in rows(database, ImageFingerprint)}
    assert jobs(database) == {}


def test_a_damaged_or_missing_original_is_noted_and_blocks_no_other(
    database, store, images, now, tmp_path
) -> None:
    store.delete(images[0])
    next((tmp_path / "evidence" / "original").rglob(f"{images[1]}.jpg")).write_bytes(b"other")
    assert read_all(database, store, now) == 3
    left = jobs(database)
    assert {sha256: job.error for sha256, job in left.items()} == {
        images[0]: "evidence_missing_file",
        images[1]: "evidence_damaged_file",
    }
    assert all(job.next_try_at == now + timedelta(minutes=1) for job in left.values())
    assert all(job.held_until_at is None for job in left.values())
    with database.reading() as session:
        waiting = count_waiting_images(session)
    assert (waiting.count, waiting.failed) == (2, 2)


def test_the_pauses_grow_to_a_day_and_stay(database, store, images, now) -> None:
    for sha256 in images:
        store.delete(sha256)
    pauses, at = [], now
    for _ in range(7):
        assert read_all(database, store, at) == 3
        due = jobs(database)[images[0]].next_try_at
        pauses.append(due - at)
        at = due
    assert [pause.total_seconds() / 60 for pause in pauses] == [1, 5, 30, 120, 1440, 1440, 1440]


def test_an_image_that_is_sent_again_is_read_at_once(database, store, images, now) -> None:
    store.delete(images[0])
    read_all(database, store, now)
    register(database, store, now, SHADES, number=2)
    assert read_all(database, store, now) == 1
    assert jobs(database) == {}


def test_a_store_that_is_away_is_not_the_fault_of_the_image(
    database, images, now, tmp_path
) -> None:
    (tmp_path / "away").write_text("no folder")
    away = EvidenceStore(str(tmp_path / "away"))
    at = now
    for _ in range(6):
        outcome = read_next_image(database, away, now=at)
        assert outcome is not None and outcome.is_store_away
        assert jobs(database)[outcome.sha256].next_try_at == at + timedelta(minutes=1)
        at += timedelta(minutes=2)


@pytest.mark.parametrize("at", ["read", "compare"])
def test_a_reader_that_breaks_is_noted(database, store, images, now, at: str, caplog) -> None:
    def broken(*_given: object) -> Reading:
        raise RuntimeError("broken")

    assert read_all(database, store, now, **{"read": read_with_signs, at: broken}) == 3
    assert {job.error for job in jobs(database).values()} == {BROKE}
    is_read = {image.rendition_sha256 is not None for image in rows(database, EvidenceImage)}
    assert is_read == {at == "compare"}
    assert read_all(database, store, now + timedelta(minutes=1)) == 3
    assert jobs(database) == {}


def worker(database_url: str, tmp_path: Path, now: datetime, mode: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, str(WORKER), database_url, str(tmp_path / "evidence"), str(tmp_path),
         now.isoformat(), mode],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[2], env={"PYTHONPATH": ".", "PATH": ""},
    )  # fmt: skip
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    return process


def test_several_processes_read_each_image_once(
    database, database_url, store, images, now, tmp_path
) -> None:
    register(database, store, now, range(10, 40), number=2)
    workers = [worker(database_url, tmp_path, now, "count") for _ in range(FACTORIES)]
    for process in workers:
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.wait(60) for process in workers] == [0] * FACTORIES
    lines = [line.split() for line in (tmp_path / "read").read_text().splitlines()]
    assert len(lines) == len({sha256 for sha256, _ in lines}) == 33
    assert len({process for _, process in lines}) > 1
    assert jobs(database) == {}


def test_what_a_killed_process_had_in_hands_is_read_after_its_lease(
    database, database_url, store, images, now, tmp_path
) -> None:
    process = worker(database_url, tmp_path, now, "die")
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()
    assert process.wait(60) == -9
    assert read_all(database, store, now) == 2
    (left,) = jobs(database).values()
    assert (left.attempts, left.held_until_at) == (1, now + LEASE)
    assert read_all(database, store, now + LEASE) == 1
    assert jobs(database) == {}


def test_an_image_that_kills_its_readers_is_tried_ever_less(database, images, now) -> None:
    at, pauses = now, []
    for _ in range(6):
        for _ in images:
            assert database.in_tx(lambda s, at=at: hold_next_image(s, now=at))
        due = max(job.next_try_at for job in jobs(database).values())
        pauses.append((due - at).total_seconds() / 60)
        at = due
    assert pauses == [5, 5, 5, 30, 120, 1440]


def test_the_housekeeper_reads_and_sweeps(database, store, images, tmp_path) -> None:
    old = take_in(store, orphan(), "old.jpg").sha256
    for path in (tmp_path / "evidence").rglob(f"{old}.jpg"):
        age(path)
    keeper = runtime.Housekeeper(
        lambda: database,
        images=ImageKeeper(
            lambda: database, lambda: store, every_seconds=0.02, first_sweep_after_seconds=0.1
        ),
    )
    keeper.start()
    until = time.monotonic() + 20
    while (jobs(database) or store.exists(old)) and time.monotonic() < until:
        time.sleep(0.05)
    keeper.stop()
    assert jobs(database) == {}
    assert not store.exists(old)
    assert all(store.exists(sha256) for sha256 in images)


def orphan() -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (50, 50), 77).save(buffer, "JPEG")
    return buffer.getvalue()


def age(path: Path) -> None:
    os.utime(path, (0, 0))


def test_a_file_whose_row_never_came_is_swept_after_the_margin(
    database, store, images, tmp_path
) -> None:
    lost = take_in(store, orphan(), "lost.jpg").sha256
    for sha256 in (images[0], images[1]):
        for path in (tmp_path / "evidence").rglob(f"{sha256}.jpg"):
            age(path)
    assert sweep_orphans(database, store, now=clock.now()) == 0
    assert sweep_orphans(database, store, now=clock.now() + timedelta(hours=25)) == 1
    assert not store.exists(lost)
    assert all(store.exists(sha256) for sha256 in images)


def test_a_pause_of_the_past_is_due(database, store, images, now) -> None:
    database.in_tx(lambda s: s.execute(update(ImageJob).values(next_try_at=now + LEASE)))
    assert read_all(database, store, now) == 0
    assert read_all(database, store, now + LEASE) == 3


def test_the_images_of_a_case_that_is_looked_at_come_first(database, store, images, now) -> None:
    register(database, store, now, range(10, 12), number=2)
    register(database, store, now, range(20, 22), number=3)
    for minute, number in enumerate(("1402000002", "1402000003")):
        at = now + timedelta(minutes=minute)
        database.in_tx(lambda s, n=number, at=at: hurry_images(s, [n], now=at))
    order = []
    while outcome := read_next_image(database, store, now=now):
        order.append(outcome.sha256)
    wanted = [{hashlib.sha256(world.picture(n)).hexdigest() for n in r}
              for r in (range(20, 22), range(10, 12), SHADES)]  # fmt: skip
    assert [set(order[:2]), set(order[2:4]), set(order[4:])] == wanted
