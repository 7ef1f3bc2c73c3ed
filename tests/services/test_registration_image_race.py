"""Two desks register the same bytes for two patients at the same moment: one claim gets them."""

import threading

import registered_world as world
from sqlalchemy import select

from workbench.db.models import Attachment, EvidenceImage
from workbench.errors import Refused
from workbench.services.ledger_check import verify_balances
from workbench.services.registration import register_claim

TRIES = 8


def test_the_same_image_for_two_patients_lands_once(database, now):
    database.in_tx(lambda session: world.build(session, now))
    picture = world.image(1)
    start, outcomes = threading.Barrier(TRIES), []

    def work(number):
        person = world.PRINCIPAL if number % 2 else world.CHILD
        request = world.direct(
            number=f"14020000{number:02d}", national_code=person, images=(picture,)
        )
        start.wait()
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
        assert len(session.scalars(select(EvidenceImage)).all()) == 1
        assert len(session.scalars(select(Attachment)).all()) == 1
        assert verify_balances(session) == []
