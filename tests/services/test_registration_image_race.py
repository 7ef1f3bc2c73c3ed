"""Two desks register the same bytes for two patients at the same moment: one claim gets them."""

import subprocess
import sys
import threading
from pathlib import Path

import registered_world as world
from sqlalchemy import select

from workbench.db.models import Attachment, EvidenceImage, ImageJob
from workbench.errors import Refused
from workbench.evidence.intake import take_in
from workbench.evidence.store import EvidenceStore
from workbench.services.ceiling.ledger_check import verify_balances
from workbench.services.claims.registration import register_claim

TRIES = 8
PROCESSES = 4
WORKER = Path(__file__).with_name("registration_worker.py")


def test_the_same_image_for_two_patients_lands_once(database, now, tmp_path):
    database.in_tx(lambda session: world.build(session, now))
    picture = world.image(1)
    start, outcomes = threading.Barrier(TRIES), []

    def work(number):
        person = world.PRINCIPAL if number % 2 else world.CHILD
        request = world.direct(
            number=f"14020000{number:02d}", national_code=person, images=(picture,)
        )
        start.wait()
        take_in(EvidenceStore(str(tmp_path)), world.picture(1), "before.jpg")
        try:
            database.in_tx(lambda session: register_claim(session, None, request, now=now))
            outcomes.append((person, "landed"))
        except Refused as refused:
            outcomes.append((person, refused.code))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(TRIES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    landed = [person for person, outcome in outcomes if outcome == "landed"]
    assert len(landed) == 1
    other = {outcome for person, outcome in outcomes if person != landed[0]}
    own = {outcome for person, outcome in outcomes if person == landed[0]} - {"landed"}
    assert (own, other) == ({"evidence_of_same_patient_case"}, {"evidence_of_other_patient"})
    with database.reading() as session:
        assert len(session.scalars(select(Attachment)).all()) == 1
        assert verify_balances(session) == []
    assert_it_is_there_once(database, tmp_path)


def assert_it_is_there_once(database, folder):
    """One row, one job, one file, and nothing half written beside it."""
    with database.reading() as session:
        (image,) = session.scalars(select(EvidenceImage.sha256)).all()
        assert session.scalars(select(ImageJob.sha256)).all() == [image]
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert [path.name for path in files] == [f"{image}.jpg"]
    assert EvidenceStore(str(folder)).read(image) == world.picture(1)


def test_the_same_image_from_several_processes_lands_once(database, database_url, now, tmp_path):
    database.in_tx(lambda session: world.build(session, now))
    processes = [
        subprocess.Popen(
            [sys.executable, str(WORKER), database_url, str(tmp_path), f"14020000{number:02d}",
             world.PRINCIPAL if number % 2 else world.CHILD, now.isoformat()],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            cwd=Path(__file__).parents[2], env={"PYTHONPATH": ".", "PATH": ""},
        )
        for number in range(PROCESSES)
    ]  # fmt: skip
    assert {process.stdout.readline() for process in processes} == {"ready\n"}
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    said = sorted(process.communicate(timeout=60)[0].strip() for process in processes)
    assert said == [
        *["evidence_of_other_patient"] * 2,
        *("evidence_of_same_patient_case", "landed"),
    ]
    assert_it_is_there_once(database, tmp_path)
