"""Where notices to a centre go: its mobile number and e-mail, by import and export."""

from datetime import datetime
from pathlib import Path
from typing import Any

import import_bundle as bundles
import pytest
import registered_world as world
from sqlalchemy import select

from workbench.db.engine import Database
from workbench.db.models import Centre
from workbench.errors import Refused
from workbench.evidence.store import EvidenceStore
from workbench.services import reference
from workbench.services.backups.exports_bundle import export_folder
from workbench.services.imports import import_folder


def centre_of(database: Database) -> Centre:
    with database.reading() as session:
        return session.scalars(select(Centre)).one()


def bundle_with(**contacts: Any) -> bundles.Bundle:
    content = bundles.bundle()
    content["centres"][0] |= contacts
    return content


def test_contacts_are_kept_in_one_form_and_come_out_as_they_go_in(
    database: Database, other: Database, store: EvidenceStore, tmp_path: Path, now: datetime
) -> None:
    content = bundle_with(mobile="+98 912 000 0001", email="desk@Clinic.Example")
    import_folder(database, store, bundles.write(tmp_path / "in", content), now=now)
    kept = centre_of(database)
    assert (kept.mobile, kept.email) == ("09120000001", "desk@clinic.example")
    export_folder(database, store, tmp_path / "out", now=now)
    report = import_folder(other, EvidenceStore(f"file://{tmp_path}"), tmp_path / "out", now=now)
    assert report.refused == ()
    again = centre_of(other)
    assert (again.mobile, again.email) == (kept.mobile, kept.email)


def test_a_centre_may_have_neither(
    database: Database, store: EvidenceStore, tmp_path: Path, now: datetime
) -> None:
    content = bundle_with(mobile="", email="")
    report = import_folder(database, store, bundles.write(tmp_path / "in", content), now=now)
    assert report.refused == ()
    assert (centre_of(database).mobile, centre_of(database).email) == ("", "")


@pytest.mark.parametrize(
    ("contacts", "code", "words"),
    [
        ({"mobile": "02120000000"}, "mobile_wrong", "شماره همراه"),
        ({"mobile": 9120000000}, "mobile_wrong", "شماره همراه"),
        ({"email": "desk at clinic"}, "email_wrong", "ایمیل"),
        ({"email": "a@b.ir\nBcc: c@d.ir"}, "email_wrong", "ایمیل"),
    ],
)
def test_a_wrong_contact_is_refused_in_words_and_once(
    database: Database,
    store: EvidenceStore,
    tmp_path: Path,
    now: datetime,
    contacts: dict[str, Any],
    code: str,
    words: str,
) -> None:
    folder = bundles.write(tmp_path / "in", bundle_with(**contacts))
    report = import_folder(database, store, folder, now=now)
    (row,) = [row for row in report.refused if row.kind == "centres"]
    assert [problem.code for problem in row.problems] == [code]
    assert words in row.sentence


@pytest.mark.parametrize(
    ("contacts", "code"), [({"mobile": "12"}, "mobile_wrong"), ({"email": "12"}, "email_wrong")]
)
def test_the_service_checks_too(
    database: Database, now: datetime, contacts: dict[str, str], code: str
) -> None:
    def work(session: Any) -> None:
        reference.register_centre(
            session, None, code=world.CENTRE, name="مرکز", province="تهران", now=now, **contacts
        )

    with pytest.raises(Refused) as caught:
        database.in_tx(work)
    assert caught.value.code == code
