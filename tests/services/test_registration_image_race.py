"""Two desks register the same bytes for two patients at the same moment: one of them gets them."""

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

    by_person = {person: {x for p, x in outcomes if p == person} for person, _ in outcomes}
    assert sorted(map(sorted, by_person.values())) == [["evidence_of_other_patient"], ["landed"]]
    with database.reading() as session:
        assert len(session.scalars(select(EvidenceImage)).all()) == 1
        assert len(session.scalars(select(Attachment)).all()) == TRIES // 2
        assert verify_balances(session) == []
