"""Every output of the house in which a plan or its patient appears, as text to be searched."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import registered_world as world
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import Base, Referral, TreatmentPlan
from workbench.errors import Refused
from workbench.evidence.store import EvidenceStore
from workbench.services.access import Actor
from workbench.services.backups.exports_bundle import export_folder
from workbench.services.batches.form8 import form8_pdf
from workbench.services.batches.listing import BatchFilters, read_batches
from workbench.services.batches.spreadsheets import batch_xlsx
from workbench.services.batches.view import read_all_lines, read_batch
from workbench.services.ceiling.export import ceiling_xlsx
from workbench.services.ceiling.view import read_ceiling
from workbench.services.claims.reading import find_claim, read_case
from workbench.services.commission.access import PlanPlace
from workbench.services.commission.inbox import Tab, export_inbox, read_inbox
from workbench.services.commission.minutes import plan_minutes
from workbench.services.commission.promise_board import export_forecast, read_board
from workbench.services.commission.reading import read_plan
from workbench.services.desk.desk import read_desk
from workbench.services.desk.queue import QueueFilter, export_queue, read_queue
from workbench.services.desk.search import search, search_person
from workbench.services.notices.delivery import deliver_due
from workbench.services.notices.notices import NoticeFilter, export_notices, read_notices
from workbench.services.notices.senders import FileSender, Senders
from workbench.services.referrals.lists import LetterFilter, read_letters
from workbench.services.referrals.pdf import letter_pdf
from workbench.services.referrals.view import read_letter
from workbench.services.teeth.history import read_tooth_history
from workbench.services.trail import FileKind, TrailFilter, export_trail, read_trail

CASE, BATCH = "990748655", "366590"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whom and what the outputs are about."""

    place: PlanPlace
    number: str
    person_id: int
    letter: Referral
    words: tuple[str, ...]
    """What is typed into every search field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks for an output, about what and when."""

    session: Session
    reader: Actor
    about: About
    now: datetime


Output = Callable[[Asked], object]

OUTPUTS: Mapping[str, Output] = {
    "plan": lambda g: read_plan(g.session, g.reader, g.about.place, now=g.now),
    "minutes": lambda g: plan_minutes(g.session, g.reader, g.about.place, now=g.now),
    "inbox": lambda g: [read_inbox(g.session, g.reader, tab, now=g.now) for tab in Tab],
    "inbox, searched": lambda g: [
        read_inbox(g.session, g.reader, Tab.OPEN, text=word, now=g.now) for word in g.about.words
    ],
    "inbox as a file": lambda g: [export_inbox(g.session, g.reader, tab, now=g.now) for tab in Tab],
    "board": lambda g: read_board(g.session, g.reader, now=g.now),
    "board as a file": lambda g: export_forecast(g.session, g.reader, now=g.now),
    "notices": lambda g: read_notices(g.session, g.reader, NoticeFilter()),
    "notices as a file": lambda g: export_notices(g.session, g.reader, NoticeFilter(), now=g.now),
    "trail": lambda g: [
        (entry, entry.title, entry.details)
        for entry in read_trail(g.session, g.reader, TrailFilter(), size=1_000).entries
    ],
    "trail as XLSX": lambda g: export_trail(
        g.session, g.reader, TrailFilter(), FileKind.XLSX, now=g.now
    ),
    "trail as CSV": lambda g: export_trail(
        g.session, g.reader, TrailFilter(), FileKind.CSV, now=g.now
    ),
    "search": lambda g: [search(g.session, g.reader, word, now=g.now) for word in g.about.words],
    "search of the patient": lambda g: search_person(g.session, g.reader, g.about.person_id),
    "case": lambda g: read_case(
        g.session, g.reader, *find_claim(g.session, g.reader, CASE), now=g.now
    ),
    "teeth": lambda g: read_tooth_history(g.session, g.reader, g.about.person_id, centre_id=None),
    "queue": lambda g: read_queue(g.session, g.reader, QueueFilter(), now=g.now),
    "queue as a file": lambda g: export_queue(g.session, g.reader, QueueFilter(), now=g.now),
    "desk": lambda g: read_desk(g.session, g.reader, now=g.now),
    "letter": lambda g: read_letter(
        g.session, g.reader, g.about.letter.insurer_id, g.about.letter.id, now=g.now
    ),
    "letter as PDF": lambda g: letter_pdf(
        g.session, g.reader, g.about.letter.insurer_id, g.about.letter.id, now=g.now
    ),
    "letters": lambda g: read_letters(g.session, g.reader, LetterFilter(), now=g.now),
    "ceiling": lambda g: read_ceiling(
        g.session, g.reader, g.about.letter.insurer_id, g.about.letter.account_id, now=g.now
    ),
    "ceiling as a file": lambda g: ceiling_xlsx(
        g.session, g.reader, g.about.letter.insurer_id, g.about.letter.account_id, now=g.now
    ),
    "batches": lambda g: read_batches(g.session, g.reader, BatchFilters()),
    "batch": lambda g: read_batch(g.session, g.reader, BATCH),
    "batch, line by line": lambda g: read_all_lines(g.session, g.reader, BATCH),
    "batch as XLSX": lambda g: batch_xlsx(g.session, g.reader, BATCH, now=g.now),
    "form 8": lambda g: form8_pdf(g.session, g.reader, BATCH, now=g.now),
}


def about(database: Database, place: PlanPlace, *words: str) -> About:
    """The plan with its letter and patient; ``words`` are searched for beside its number."""
    with database.reading() as session:
        plan = session.get_one(TreatmentPlan, (place.insurer_id, place.plan_id))
        letter = session.get_one(Referral, (plan.insurer_id, plan.referral_id))
        return About(
            place=place,
            number=plan.number,
            person_id=plan.person_id,
            letter=letter,
            words=(plan.number, letter.number, world.PRINCIPAL, *words),
        )


def shown_to(database: Database, actor: Actor, subject: About, now: datetime) -> dict[str, str]:
    """The text of each output that this reader gets; the others refuse him."""
    texts = {}
    for name, output in OUTPUTS.items():
        try:
            found = database.in_tx(
                lambda s, o=output: o(Asked(session=s, reader=actor, about=subject, now=now))
            )
        except Refused as refused:
            assert refused.code in ("not_permitted", "plan_not_decided"), (name, refused.code)
            continue
        texts[name] = text_of(found)
    return texts


def sent_out(database: Database, store: EvidenceStore, folder: Path, now: datetime) -> str:
    """The notices as they leave the house, and the folder that another house would import."""
    export_folder(database, store, folder / "export", now=now)
    deliver_due(database, Senders(file=FileSender(folder / "notices")), now=now)
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".jpg"]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def rows_of(database: Database, *without: str) -> str:
    """Every row of every table, as text: no output can show what is not there."""
    with database.reading() as session:
        return "\n".join(
            str(tuple(row))
            for table in Base.metadata.sorted_tables
            if table.name not in without
            for row in session.execute(select(table))
        )


def text_of(found: object) -> str:
    """All the words of a view, a list or a file; those of an XLSX and a PDF too."""
    if isinstance(found, bytes):
        return _text_of_file(found)
    if isinstance(found, list | tuple):
        return "\n".join(text_of(each) for each in found)
    if is_dataclass(found) and not isinstance(found, type):
        found = asdict(found)
    return json.dumps(_plain(found), default=repr, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _text_of_file(content: bytes) -> str:
    if content.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return "\n".join(book.read(name).decode("utf-8") for name in book.namelist())
    return content.decode("utf-8-sig")
