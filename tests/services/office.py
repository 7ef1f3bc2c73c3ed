"""A desk with work on it, for the tests of what assessors and leads do to a case.

``Office`` says in one line what the tests do again and again: call a service for a case in a
transaction of its own, with the version the case has now.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from tests import builders
from tests.builders import Desk, Key
from tests.services import registered_world as world
from tests.services.desk import user
from workbench.db.engine import Database
from workbench.db.models import (
    AuditEvent,
    CeilingEntry,
    Claim,
    ClaimLine,
    ClaimRound,
    InternalNote,
)
from workbench.errors import Refused
from workbench.rules.workflow import ClaimState, Role
from workbench.services.access import Actor
from workbench.services.ceiling import ledger
from workbench.services.ceiling.ledger_check import verify_balances
from workbench.services.claims import assessing, deciding, taking
from workbench.services.claims.assessing import Place
from workbench.services.claims.facts import Assessment, assess
from workbench.services.claims.resubmission import ResubmissionInput, resubmit_claim

CLEAN, CHILD_CODE, TWO_LINES, ROOT, CAPPED = (f"99000000{n}" for n in range(1, 6))
DIRECT = "1402000001"
TYPED_RIAL = 1_000_003


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Who works here and which cases wait; the same in every copy of the database."""

    desk: Desk
    colleague: Actor
    keys: dict[str, Key]


def prepare(database: Database, now: datetime) -> Prepared:
    """One user a role, a second assessor, and six accepted cases.

    A clean filling; a paediatric code for an adult; two lines; a root treatment without its
    radiographs; one whose referral reserves 4,000,005 rials; a member's own document.
    """
    desk = builders.build_desk(database, now)
    builders.build_batch(database, now)
    lines = {
        CLEAN: (world.line(),),
        CHILD_CODE: (world.line(code="205", unit_price_rial=7_722_000, tooth=63, surfaces="DP"),),
        TWO_LINES: (
            world.line(unit_price_rial=6_500_000),
            world.line(2, code="905", tooth=None, surfaces="", unit_price_rial=600_003),
        ),
        ROOT: (world.line(code="810", unit_price_rial=5_800_000, tooth=11, surfaces="", canals=1),),
        CAPPED: (world.line(tooth=46),),
    }
    keys = {
        number: builders.build_claim(
            database,
            desk,
            now,
            number,
            lines=wanted,
            reserve_rial=4_000_005 if number == CAPPED else None,
        )
        for number, wanted in lines.items()
    }
    builders.receive(database, desk, builders.BATCH, now)
    keys[DIRECT] = builders.build_claim(
        database, desk, now, DIRECT, to=ClaimState.ACCEPTED, acceptance_number=None
    )
    colleague = database.in_tx(lambda s: user(s, now, "assessor-2", Role.ASSESSOR))
    return Prepared(desk=desk, colleague=colleague, keys=keys)


def refused(code: str, call: Callable[[], object]) -> dict[str, object]:
    """The facts of the refusal that ``call`` has to end with."""
    with pytest.raises(Refused) as caught:
        call()
    assert caught.value.code == code
    return caught.value.facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A copy of the prepared database, with its people."""

    database: Database
    desk: Desk
    colleague: Actor
    keys: dict[str, Key]
    now: datetime

    def place(self, number: str) -> Place:
        """The case with the version it has now."""
        with self.database.reading() as session:
            return builders.place_of(session, self.keys[number])

    def claim(self, number: str) -> Claim:
        """The case's row, read afresh."""
        key = self.keys[number]
        with self.database.reading() as session:
            return session.get_one(Claim, (key.insurer_id, key.claim_id))

    def call(self, service: Callable[..., Any], actor: Actor, number: str, **given: Any) -> Any:
        """A service that names a case by its key."""
        key = self.keys[number]
        given = {"now": self.now} | given
        return self.database.in_tx(
            lambda s: service(s, actor, key.insurer_id, key.claim_id, **given)
        )

    def write(self, service: Callable[..., Any], actor: Actor, number: str, **given: Any) -> Any:
        """A service that names a case by its ``Place``; ``version`` may say another one."""
        place = self.place(number)
        if "version" in given:
            place = Place(
                insurer_id=place.insurer_id, claim_id=place.claim_id, version=given.pop("version")
            )
        given = {"now": self.now} | given
        return self.database.in_tx(lambda s: service(s, actor, place, **given))

    def take(self, number: str, actor: Actor | None = None, **given: Any) -> Claim:
        """The assessor (or ``actor``) takes the case."""
        taken: Claim = self.call(taking.take_claim, actor or self.desk.assessor, number, **given)
        return taken

    def line_id(self, number: str, line: int = 1, *, round_number: int | None = None) -> int:
        """The id of a line in the present round."""
        claim = self.claim(number)
        with self.database.reading() as session:
            return session.scalars(
                select(ClaimLine.id).where(
                    ClaimLine.claim_id == claim.id,
                    ClaimLine.round == (round_number or claim.round),
                    ClaimLine.number == line,
                )
            ).one()

    def line(self, number: str, line: int = 1) -> ClaimLine:
        """A line of the present round, read afresh."""
        key, line_id = self.keys[number], self.line_id(number, line)
        with self.database.reading() as session:
            return session.get_one(ClaimLine, (key.insurer_id, line_id))

    def deduct(self, number: str, amount_rial: int, **given: Any) -> Assessment:
        """The assessor deducts from line 1, as over-price unless told otherwise."""
        line_id = self.line_id(number, given.pop("line", 1))
        given = {"reason": "D01", "text": ""} | given
        done: Assessment = self.write(
            assessing.add_deduction,
            given.pop("actor", self.desk.assessor),
            number,
            line_id=line_id,
            amount_rial=amount_rial,
            **given,
        )
        return done

    def assessment(self, number: str) -> Assessment:
        """Facts, findings and money of the case now."""
        claim = self.claim(number)
        with self.database.reading() as session:
            return assess(session, claim)

    def open_keys(self, number: str) -> list[str]:
        """The keys of the findings that still wait."""
        return [finding.key for finding in self.assessment(number).open_findings]

    def finish(self, number: str, **given: Any) -> deciding.Finished:
        """The assessor finishes, having seen the ceiling as it is."""
        given = {
            "nonce": f"finish-{number}-{self.claim(number).version}",
            "seen_available_rial": self.assessment(number).case.available_rial,
        } | given
        actor = given.pop("actor", self.desk.assessor)
        done: deciding.Finished = self.write(deciding.finish_claim, actor, number, **given)
        return done

    def decide_all(self, number: str) -> None:
        """Every open finding is overridden."""
        while keys := self.open_keys(number):
            self.write(
                assessing.override_finding,
                self.desk.assessor,
                number,
                key=keys[0],
                reason="در گرافی دیده شد",
            )

    def ready(self, number: str) -> None:
        """Taken, with nothing left to decide."""
        self.take(number)
        self.decide_all(number)

    def finished(self, number: str) -> deciding.Finished:
        """Taken, every finding overridden, and finished."""
        self.ready(number)
        return self.finish(number)

    def give_back(self, number: str, *defects: deciding.DefectInput, **given: Any) -> str:
        """The assessor returns the case to its sender."""
        actor = given.pop("actor", self.desk.assessor)
        given = {"nonce": f"return-{number}-{self.claim(number).version}"} | given
        returned: str = self.write(
            deciding.return_claim, actor, number, defects=list(defects), **given
        )
        return returned

    def reopen(self, number: str, reason: str = "مدرک تازه رسید", **given: Any) -> int | None:
        """The lead opens a finished case again."""
        actor = given.pop("actor", self.desk.lead)
        left: int | None = self.write(deciding.reopen_claim, actor, number, reason=reason, **given)
        return left

    def void(self, number: str, **given: Any) -> None:
        """The lead voids the case."""
        given = {"actor": self.desk.lead, "reason": "تعهد نیست"} | given
        self.write(deciding.void_claim, number=number, **given)

    def resubmit(self, number: str, **given: Any) -> None:
        """The sender answers a return, with an explanation unless told otherwise."""
        answer = ResubmissionInput(claim_number=number, **({"explanation": "پیوست شد"} | given))
        self.database.in_tx(lambda s: resubmit_claim(s, None, answer, now=self.now))

    def round_of(self, number: str, round_number: int) -> ClaimRound:
        """A round of the case with its document."""
        claim_id = self.keys[number].claim_id
        with self.database.reading() as session:
            return session.scalars(
                select(ClaimRound).where(
                    ClaimRound.claim_id == claim_id, ClaimRound.number == round_number
                )
            ).one()

    def notes(self, number: str) -> list[str]:
        """The internal notes of the case."""
        claim_id = self.keys[number].claim_id
        with self.database.reading() as session:
            return list(
                session.scalars(select(InternalNote.text).where(InternalNote.claim_id == claim_id))
            )

    def actions(self, number: str) -> list[str]:
        """The audit actions of the case, in order."""
        return [event.action for event in self.events(number)]

    def events(self, number: str) -> Sequence[AuditEvent]:
        """The audit events of the case, in order."""
        claim = self.claim(number)
        with self.database.reading() as session:
            return session.scalars(
                select(AuditEvent)
                .where(AuditEvent.stream == f"claim:{claim.insurer_id}-{claim.id}")
                .order_by(AuditEvent.sequence)
            ).all()

    def entries(self, number: str) -> list[tuple[str, int]]:
        """Kind and amount of the ledger entries that the case caused, in order."""
        claim = self.claim(number)
        with self.database.reading() as session:
            rows = session.execute(
                select(CeilingEntry.kind, CeilingEntry.amount_rial)
                .where(CeilingEntry.claim_id == claim.id)
                .order_by(CeilingEntry.id)
            )
            return [(row.kind, row.amount_rial) for row in rows]

    def balance(self, number: str) -> ledger.Balance:
        """The account of the case."""
        claim = self.claim(number)
        with self.database.reading() as session:
            return ledger.balance(session, claim.insurer_id, claim.account_id)

    def reserved(self, number: str) -> int:
        """What the reservation of the case holds, in rials."""
        claim = self.claim(number)
        assert claim.reservation_id is not None
        with self.database.reading() as session:
            return ledger.reserved_left(session, claim.insurer_id, claim.reservation_id)

    def is_exact(self) -> bool:
        """The oracle: every balance is the sum of its entries."""
        with self.database.reading() as session:
            return verify_balances(session) == []

    def fingerprint(self) -> tuple[int, ...]:
        """How many events and entries there are, and the versions: a refusal changes none."""
        with self.database.reading() as session:
            return (
                session.scalar(select(func.count()).select_from(AuditEvent)) or 0,
                session.scalar(select(func.count()).select_from(CeilingEntry)) or 0,
                int(session.scalar(select(func.sum(Claim.version))) or 0),
            )
