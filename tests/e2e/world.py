"""Real input for the browser: an import folder with drawn images, landed as reception lands it."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tests.e2e.conftest import Desk
from tests.services import desk as people
from tests.services import import_bundle, plan_world, registered_world
from workbench import clock
from workbench.db.models import ImageJob, PlanImage, TreatmentPlan
from workbench.demo import drawing
from workbench.demo.pictures import Picture, keep_pictures
from workbench.demo.shapes import Shot
from workbench.persian.jalali import day_of
from workbench.rules.facts import EvidenceKind, Phase
from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.services.batches.receipt import receive_batch
from workbench.services.catalogue.catalogue import seed_catalogue
from workbench.services.claims.content import ImageRequest
from workbench.services.commission.access import PlanPlace
from workbench.services.commission.rounds import PlanDefectInput, return_plan
from workbench.services.commission.submission import submit_plan
from workbench.services.commission.votes import cast_vote
from workbench.services.imports.run import import_folder

COMPARED_SECONDS_MAX = 60
CLEAN, ONE_FINDING, BATCH = "990000001", "990000002", "366590"
REGISTERED = "1402/09/18 10:00"
RECEPTION = Actor(
    user_id=1, username="reception", display_name="دبیرخانه", roles=frozenset({Role.RECEPTION})
)


def image(name: str, phase: str, tooth: int, line: int = 1) -> dict[str, object]:
    """A periapical of that tooth, before or after the service day."""
    taken = {"before": "1402/09/13", "after": "1402/09/15"}[phase]
    return {
        "file": name,
        "kind": "periapical",
        "phase": phase,
        "teeth": [tooth],
        "lines": [line],
        "taken_on": taken,
    }


def claim(number: str, **changes: object) -> dict[str, object]:
    """A two-surface filling of tooth 26 with both radiographs."""
    base = import_bundle.indirect(
        number=number,
        registered_at=REGISTERED,
        images=[image(f"{number}-1.jpg", "before", 26), image(f"{number}-2.jpg", "after", 26)],
    )
    return base | changes


def write(folder: Path, claims: Sequence[Mapping[str, object]], **others: object) -> Path:
    """An import folder with these claims and a drawn image for every file they name."""
    content = {**import_bundle.bundle(), "claims": list(claims), **others}
    del content["services"], content["tariffs"], content["coefficients"]
    content["referrals"] = [{**content["referrals"][0], "amount_rial": 30_000_000}]
    (folder / "evidence").mkdir(parents=True)
    for kind, rows in content.items():
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{kind}.jsonl").write_text(text, encoding="utf-8")
    for each in [*content["claims"], *content.get("resubmissions", [])]:
        for picture in each.get("images", []):
            path = folder / "evidence" / str(picture["file"])
            path.write_bytes(_drawn(str(picture["file"]), str(picture["phase"])))
    return folder


@lru_cache
def _drawn(name: str, phase: str) -> bytes:
    return drawing.periapical(int(name.partition("-")[0]), 26, phase, "filling")


def land(desk: Desk, folder: Path) -> None:
    """Import the folder; every row has to land."""
    desk.database.in_tx(lambda s: seed_catalogue(s, now=clock.now()))
    report = import_folder(desk.database, desk.store, folder, actor=None, now=clock.now())
    refused = [row for row in report.rows if row.outcome == "refused"]
    assert not refused, refused


def two_cases(desk: Desk) -> None:
    """A clean case, and one whose paediatric code does not fit the patient's age; received.

    Their images are compared with all others: until then a case cannot be finished.
    """
    line = import_bundle.line(code="205", unit_price_rial=7_722_000, tooth=36)
    folder = desk.data / "incoming"
    land(desk, write(folder, [claim(CLEAN), claim(ONE_FINDING, lines=[line])]))
    desk.database.in_tx(lambda s: receive_batch(s, RECEPTION, BATCH, now=clock.now()))
    _wait_for_comparison(desk)


def _wait_for_comparison(desk: Desk) -> None:
    """Until the server's own thread has read every image."""
    end = time.monotonic() + COMPARED_SECONDS_MAX
    while True:
        with desk.database.reading() as session:
            if session.scalar(select(ImageJob.sha256).limit(1)) is None:
                return
        assert time.monotonic() < end, "the images were not compared in time"
        time.sleep(0.1)


def commission(desk: Desk, *plans: Sequence[int]) -> list[str]:
    """Treatment plans under one letter, submitted now: one for each tuple of implant teeth.

    Their numbers come back. All show the same drawn pack; a batch of the centre is on its way.
    """
    now = desk.now()
    plan_world.fill(desk.database, now)
    images = plan_images(desk, *plan_world.PACK)

    def work(session: Session) -> list[str]:
        registered_world.batch(session, now, BATCH)
        numbers: list[str] = []
        for teeth in plans:
            units = tuple(plan_world.unit(n, tooth) for n, tooth in enumerate(teeth, 1))
            shown = tuple(replace(image, is_earlier=bool(numbers)) for image in images)
            sent = plan_world.plan(units=units, images=shown)
            numbers.append(submit_plan(session, None, sent, now=now).number)
        return numbers

    return desk.database.in_tx(work)


def take_far(desk: Desk, returned: str, decided: str) -> None:
    """Of two plans one is returned for its defects, the other approved by two members."""
    now = desk.now()

    def work(session: Session) -> None:
        members = [people.user(session, now, f"m{n}", Role.COMMISSION) for n in (1, 2)]
        places = {
            plan.number: PlanPlace(insurer_id=plan.insurer_id, plan_id=plan.id)
            for plan in session.scalars(select(TreatmentPlan))
        }
        defect = PlanDefectInput(reason="R13", text="نسخه روشن‌تر بفرستید")
        return_plan(session, members[0], places[returned], [defect], now=now)
        held = select(PlanImage.sha256).where(PlanImage.plan_id == places[decided].plan_id)
        session.execute(delete(ImageJob).where(ImageJob.sha256.in_(held)))  # they were compared
        for member in members:
            cast_vote(session, member, places[decided], [plan_world.word(1, "a")], now=now)

    desk.database.in_tx(work)


def plan_images(desk: Desk, *kinds: EvidenceKind, seed: int = 1) -> tuple[ImageRequest, ...]:
    """A drawn image of each kind, taken today and kept in the store."""
    on = day_of(desk.now())
    shots = [Shot(kind=kind, phase=Phase.BEFORE) for kind in kinds]
    pictures = [Picture(seed=seed, shot=shot, taken_on=on) for shot in shots]
    kept = keep_pictures(desk.store, pictures, is_drawn=True)
    return tuple(
        ImageRequest(
            accepted=accepted,
            file_name=picture.file_name,
            kind=picture.shot.kind,
            phase=picture.shot.phase,
            taken_on=on,
        )
        for picture, accepted in zip(pictures, kept, strict=True)
    )
