"""``export DIR``: everything as requested in the files of an import, and the results beside it.

Internal notes, drafts and what is being assessed at present are never written.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Row, Select, select, tuple_
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import (
    Attachment,
    Base,
    Batch,
    Centre,
    Claim,
    ClaimLine,
    ClaimRound,
    Contract,
    Defect,
    Dentist,
    Insurer,
    LineDeduction,
    Person,
    PlanImage,
    Referral,
    new_id,
)
from workbench.errors import Refused
from workbench.evidence.jpeg import display_name
from workbench.evidence.store import EvidenceStore
from workbench.rules.workflow import ClaimState
from workbench.services import audit
from workbench.services.backups.exports_plans import plan_lines
from workbench.services.backups.exports_reference import REFERENCE_KINDS, Line, day, without_nothing
from workbench.services.imports.reading import EVIDENCE_FOLDER

PAGE = 200
DECIDED_STATES = frozenset({ClaimState.FINISHED, ClaimState.SENT_TO_FINANCE, ClaimState.ARCHIVED})
MONEY_COLUMNS = (
    "cost_rial",
    "tariff_reject_rial",
    "technical_deduction_rial",
    "patient_share_rial",
    "technical_approval_rial",
    "ceiling_reject_rial",
    "payable_rial",
)
LINE_MONEY = MONEY_COLUMNS[:5]

Part = TypeVar("Part", bound=Base)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReport:
    """Lines written per file, and the images whose files are missing or damaged in the store."""

    counts: Mapping[str, int]
    missing_images: tuple[str, ...]


@dataclass(slots=True)
class _Evidence:
    """Writes each image once, under its own name unless another image has that."""

    store: EvidenceStore
    folder: Path
    names: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)

    def file_of(self, attachment: Attachment | PlanImage) -> Line | None:
        """The image's ``file`` and, where an earlier line had it, ``attach``; None: it is gone."""
        is_earlier = attachment.sha256 in self.names
        name = self._name_of(attachment)
        return None if name is None else {"file": name} | ({"attach": True} if is_earlier else {})

    def _name_of(self, attachment: Attachment | PlanImage) -> str | None:
        sha256 = attachment.sha256
        if sha256 not in self.names:
            try:
                data = self.store.read(sha256)
            except Refused as refused:
                if refused.code not in ("evidence_missing_file", "evidence_damaged_file"):
                    raise
                self.missing.append(sha256)
                return None
            wanted = attachment.file_name
            is_free = display_name(wanted) == wanted and wanted.lower() not in self.taken
            name = wanted if wanted and is_free else f"{sha256}.jpg"
            (self.folder / name).write_bytes(data)
            self.names[sha256] = name
            self.taken.add(name.lower())
        return self.names[sha256]


def export_folder(
    database: Database,
    store: EvidenceStore,
    folder: Path,
    *,
    now: datetime,
    actor_id: int | None = None,
) -> ExportReport:
    """Write an import folder of the whole database, claims with the lines of their present round.

    ``results.jsonl`` beside it tells states, rounds, defects and money; an import passes it over.
    Refused: ``export_folder_not_empty``.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused("export_folder_not_empty", name=folder.name)
    (folder / EVIDENCE_FOLDER).mkdir(parents=True, exist_ok=True)
    evidence = _Evidence(store, folder / EVIDENCE_FOLDER)
    with database.reading() as session:
        counts = {
            kind: _write(folder / f"{kind}.jsonl", (without_nothing(x) for x in lines(session)))
            for kind, lines in REFERENCE_KINDS.items()
        }
        counts["plans"] = _write(folder / "plans.jsonl", plan_lines(session, evidence.file_of))
        counts["claims"] = _write(folder / "claims.jsonl", _claims(session, evidence))
        counts["results"] = _write(folder / "results.jsonl", _results(session))
    database.in_tx(lambda session: _record(session, counts, actor_id, now))
    return ExportReport(counts=counts, missing_images=tuple(dict.fromkeys(evidence.missing)))


def _write(path: Path, lines: Iterable[Line]) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            count += 1
    return count


def _claims(session: Session, evidence: _Evidence) -> Iterator[Line]:
    for page in _pages(session):
        claims = [frame.Claim for frame in page]
        lines = _parts(session, ClaimLine, claims)
        images = _parts(session, Attachment, claims)
        for frame in page:
            claim = frame.Claim
            now_lines = [x for x in lines.get(claim.id, ()) if x.round == claim.round]
            yield _claim(frame) | {
                "lines": [_line(row) for row in now_lines],
                "images": [
                    _image(row, file)
                    for row in images.get(claim.id, ())
                    if (file := evidence.file_of(row)) is not None
                ],
            }


def _pages(session: Session) -> Iterator[Sequence[Row[Any]]]:
    last: tuple[int, int] = (0, 0)
    while page := session.execute(_frames(last)).all():
        yield page
        last = (page[-1].Claim.id, page[-1].Claim.insurer_id)
        session.expunge_all()


def _frames(after: tuple[int, int]) -> Select[*tuple[Any, ...]]:
    """The next claims by (id, insurer): in the order of their registration."""
    return (
        select(
            Claim,
            Insurer.code.label("insurer"),
            Contract.number.label("contract"),
            Person.national_code,
            Centre.code.label("centre"),
            Dentist.medical_council_number.label("dentist"),
            Referral.number.label("referral"),
            Batch.acceptance_number.label("batch"),
        )
        .join(Insurer, Insurer.id == Claim.insurer_id)
        .join(
            Contract,
            (Contract.insurer_id == Claim.insurer_id) & (Contract.id == Claim.contract_id),
        )
        .join(Person, Person.id == Claim.person_id)
        .join(Centre, Centre.id == Claim.centre_id)
        .join(Dentist, Dentist.id == Claim.dentist_id)
        .outerjoin(
            Referral,
            (Referral.insurer_id == Claim.insurer_id) & (Referral.id == Claim.referral_id),
        )
        .outerjoin(Batch, (Batch.insurer_id == Claim.insurer_id) & (Batch.id == Claim.batch_id))
        .where(tuple_(Claim.id, Claim.insurer_id) > after)
        .order_by(Claim.id, Claim.insurer_id)
        .limit(PAGE)
    )


def _parts(session: Session, model: type[Part], claims: Sequence[Claim]) -> dict[int, list[Part]]:
    """Rows of a table that belong to these claims, by claim, in order of their numbers."""
    table: Any = model
    keys = [(claim.insurer_id, claim.id) for claim in claims]
    statement = select(model).where(tuple_(table.insurer_id, table.claim_id).in_(keys))
    order = [getattr(table, name) for name in ("round", "number", "id") if hasattr(table, name)]
    found: dict[int, list[Part]] = {}
    for row in session.scalars(statement.order_by(*order)):
        found.setdefault(row.claim_id, []).append(row)  # type: ignore[attr-defined]
    return found


def _claim(frame: Row[Any]) -> Line:
    claim = frame.Claim
    return without_nothing(
        {
            "insurer": frame.insurer,
            "number": claim.number,
            "kind": claim.kind,
            "contract": frame.contract,
            "cover": claim.cover_code,
            "national_code": frame.national_code,
            "centre": frame.centre,
            "dentist": frame.dentist,
            "case_on": day(claim.case_on),
            "tracking_code": claim.tracking_code,
            "referral": frame.referral,
            "batch": frame.batch,
            "has_prescription": claim.has_prescription,
            "registered_at": claim.registered_at.isoformat(),
        }
    )


def _line(row: ClaimLine) -> Line:
    return without_nothing(
        {
            "number": row.number,
            "service_on": day(row.service_on),
            "code": row.code,
            "unit_price_rial": row.unit_price_rial,
            "quantity": row.quantity,
            "tooth": row.tooth,
            "jaw": row.jaw,
            "surfaces": row.surfaces,
            "canals": row.canals,
            "note": row.note,
        }
    )


def _image(row: Attachment, file: Line) -> Line:
    return without_nothing(
        {
            **file,
            "kind": row.kind,
            "phase": row.phase,
            "teeth": row.teeth,
            "lines": row.lines,
            "taken_on": day(row.taken_on),
        }
    )


def _results(session: Session) -> Iterator[Line]:
    for page in _pages(session):
        claims = [frame.Claim for frame in page]
        rounds = _parts(session, ClaimRound, claims)
        defects = _parts(session, Defect, claims)
        decided = [claim for claim in claims if claim.state in DECIDED_STATES]
        lines = _parts(session, ClaimLine, decided)
        deductions = _parts(session, LineDeduction, decided)
        for frame in page:
            claim = frame.Claim
            yield {
                "insurer": frame.insurer,
                "number": claim.number,
                "state": claim.state,
                "round": claim.round,
                "accepted_at": _instant(claim.accepted_at),
                "due_at": _instant(claim.due_at),
                "finished_at": _instant(claim.finished_at),
                "requested_payable_rial": claim.requested_payable_rial,
                "money": _money(claim, MONEY_COLUMNS) if claim.state in DECIDED_STATES else None,
                "lines": [
                    _result_line(row, deductions.get(claim.id, ()))
                    for row in lines.get(claim.id, ())
                    if row.round == claim.round
                ],
                "rounds": [
                    _round(row, defects.get(claim.id, ())) for row in rounds.get(claim.id, ())
                ],
            }


def _money(row: Any, columns: Iterable[str]) -> Line:
    return {name: getattr(row, name) for name in columns}


def _result_line(row: ClaimLine, deductions: Iterable[LineDeduction]) -> Line:
    return {
        "number": row.number,
        "code": row.code,
        "assessed_code": row.assessed_code or row.code,
        "outcome": row.outcome,
        **_money(row, LINE_MONEY),
        "deductions": [
            {"reason": deduction.reason, "amount_rial": deduction.amount_rial} | _cites(deduction)
            for deduction in deductions
            if deduction.line_id == row.id
        ],
    }


def _cites(row: LineDeduction | Defect) -> Line:
    """The frames it rests on, 1/10,000 of the upright image; left out where there are none."""
    return {"cites": row.cites} if row.cites else {}


def _round(row: ClaimRound, defects: Iterable[Defect]) -> Line:
    """A round; the defects of one that is not closed yet are not told."""
    is_closed = row.closed_at is not None
    return {
        "number": row.number,
        "opened_at": _instant(row.opened_at),
        "closed_at": _instant(row.closed_at),
        "result": row.result,
        "explanation": row.explanation,
        "text_for_sender": row.text_for_sender,
        "defects": [
            {"reason": x.reason, "scope": x.scope, "line": x.line_number, "text": x.text}
            | _cites(x)
            for x in defects
            if is_closed and x.round == row.number
        ],
    }


def _instant(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def _record(
    session: Session, counts: Mapping[str, int], actor_id: int | None, now: datetime
) -> None:
    audit.record(
        session,
        action="export.run",
        stream=f"export:{new_id()}",
        actor_id=actor_id,
        now=now,
        claims=counts["claims"],
    )
