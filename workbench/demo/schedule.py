"""The whole demo as units of work: ninety days of batches and direct cases, the newest first."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from workbench.demo.cast import ASSESSORS
from workbench.demo.dealing import Dealer
from workbench.demo.dossier import with_paper
from workbench.demo.people import CONFLICT_CENTRE, UNCONTRACTED, CentrePlan
from workbench.demo.plans import CasePlan, Ending, Fate, Unit
from workbench.demo.scripted import scripted_units
from workbench.demo.timing import accepted_for, day_in_tehran
from workbench.demo.world import World
from workbench.persian.jalali import format_day
from workbench.rules.working_time import WorkCalendar

FULL_SIZE = 600
PICTURES_PER_CASE = 2.8
DIRECT_SHARE = 0.15
FIRST_ACCEPTANCE_NUMBER = 382_001
HISTORY_DAYS = 88
CLEAN_EVERY = {"decided": 5, "open": 2}
DIRECT_ODD_EVERY = 7
CONTRACTED_BY_TURN = 20
INSURERS = ("golbarg", "sahel", "didar", "sahel", "golbarg", "didar", "sahel")
F = Fate
DECIDED = frozenset({F.FINISHED, F.SECOND_ROUND, F.REOPENED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Batches of one kind: how many of a full demo, how old, and what becomes of their cases.

    ``days``: received so many days ago (for those on their way: sent). ``hours``: instead, the
    working hours that are left now.
    """

    name: str
    batches: int
    fates: tuple[Fate, ...]
    days: tuple[float, float] = (0, 0)
    hours: tuple[float, float] | None = None
    ending: Ending = Ending.OPEN


KINDS = (
    Kind(name="waiting", batches=12, hours=(12, 71),
         fates=(F.WAITING,) * 9 + (F.VOIDED,) + (F.WAITING,) * 5),
    Kind(name="fresh", batches=9, hours=(10, 50),
         fates=(F.FINISHED, F.WAITING, F.TAKEN, F.WAITING, F.FINISHED, F.LET_GO, F.RETURNED,
                F.PARKED)),
    Kind(name="on_its_way", batches=8, days=(0.3, 13), fates=(F.ON_ITS_WAY,)),
    Kind(name="old", batches=12, days=(6, 11),
         fates=(F.FINISHED, F.RETURNED, F.PARKED, F.RESUBMITTED, F.FINISHED, F.TAKEN,
                F.SECOND_ROUND, F.RETURNED_VOIDED, F.FINISHED, F.RETURNED, F.MANY_ROUNDS)),
    Kind(name="done", batches=5, days=(8, 16),
         fates=(F.FINISHED, F.SECOND_ROUND, F.FINISHED, F.REOPENED)),
    Kind(name="split", batches=5, days=(14, 34), ending=Ending.SPLIT,
         fates=(F.FINISHED, F.RETURNED, F.FINISHED, F.FINISHED, F.RETURNED_VOIDED, F.FINISHED)),
    Kind(name="sent", batches=9, days=(14, 32), ending=Ending.FINANCE,
         fates=(F.FINISHED, F.FINISHED, F.SECOND_ROUND, F.FINISHED, F.REOPENED)),
    Kind(name="archived", batches=17, days=(26, HISTORY_DAYS - 6), ending=Ending.ARCHIVE,
         fates=(F.FINISHED, F.FINISHED, F.FINISHED, F.SECOND_ROUND)),
)  # fmt: skip

DIRECT_KINDS = (
    Kind(name="direct_waiting", batches=4, hours=(28, 70), fates=(F.WAITING,)),
    Kind(name="direct_open", batches=4, days=(6, 12),
         fates=(F.FINISHED, F.RETURNED, F.PARKED, F.RESUBMITTED, F.FINISHED, F.TAKEN)),
    Kind(name="direct_ordered", batches=4, days=(12, 30), ending=Ending.FINANCE,
         fates=(F.FINISHED, F.FINISHED, F.SECOND_ROUND)),
    Kind(name="direct_paid", batches=6, days=(25, HISTORY_DAYS), ending=Ending.ARCHIVE,
         fates=(F.FINISHED,)),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What planning needs to know: seed, size, the present instant and the working calendar."""

    seed: int
    claims: int
    now: datetime
    calendar: WorkCalendar


def plan_units(setting: Setting, world: World) -> list[Unit]:
    """All units in the order of their making: scripted and open ones first, then history."""
    chance = random.Random(f"{setting.seed}/schedule")
    dealer = Dealer(setting.seed, world, setting.now)
    scripted = scripted_units(world, setting.now, setting.calendar)
    left = max(0, setting.claims - sum(len(unit.cases) for unit in scripted))
    direct = round(left * DIRECT_SHARE)
    maker = _Maker(setting, world, dealer, chance)
    units = [*maker.batches(KINDS, left - direct), *maker.directs(DIRECT_KINDS, direct)]
    ordered = sorted([*scripted, *units], key=_urgency)
    return _assigned(_with_papers(ordered, chance, setting.claims))


def _urgency(unit: Unit) -> tuple[bool, bool, bool, float]:
    """Open units first (of these the scripted ones), then what is on its way, then history.

    Of each the newest first.
    """
    at = unit.received_at or unit.sent_at or unit.cases[0].registered_at
    is_past = unit.ending is not Ending.OPEN
    is_on_its_way = unit.sent_at is not None and unit.received_at is None
    return is_past, not unit.key.startswith("script"), is_on_its_way, -at.timestamp()


class _Maker:
    """Makes the units of each kind."""

    def __init__(
        self, setting: Setting, world: World, dealer: Dealer, chance: random.Random
    ) -> None:
        self._setting, self._world, self._dealer, self._chance = setting, world, dealer, chance
        self._made: Counter[str] = Counter()
        self._fates: Counter[str] = Counter()
        self._decks: Counter[str] = Counter()

    def batches(self, kinds: Sequence[Kind], claims: int) -> Iterator[Unit]:
        """Batches of centres with so many cases together."""
        for kind, size in _sizes(kinds, claims, self._setting.claims):
            number = self._made.total()
            centre = self._world.centres[(5 * number + 2) % (len(self._world.centres) - 2)]
            insurer = INSURERS[number % len(INSURERS)]
            received_at, sent_at = self._times(kind)
            cases = tuple(self._case(kind, insurer, centre, sent_at) for _ in range(size))
            self._made[kind.name] += 1
            yield Unit(
                key=f"{kind.name}-{self._made[kind.name]:02d}",
                insurer_code=insurer,
                cases=cases,
                ending=kind.ending,
                acceptance_number=str(FIRST_ACCEPTANCE_NUMBER + number),
                centre=centre,
                sent_at=sent_at,
                received_at=received_at,
            )

    def directs(self, kinds: Sequence[Kind], claims: int) -> Iterator[Unit]:
        """Direct cases, those of one unit paid by one order."""
        for kind, size in _sizes(kinds, claims, self._setting.claims):
            number = self._made.total()
            insurer = INSURERS[number % len(INSURERS)]
            last_at, _ = self._times(kind)
            assert last_at is not None
            cases = tuple(
                self._direct(kind, insurer, last_at - timedelta(hours=3 * place))
                for place in range(size)
            )
            self._made[kind.name] += 1
            day = format_day(day_in_tehran(last_at))
            yield Unit(
                key=f"{kind.name}-{self._made[kind.name]:02d}",
                insurer_code=insurer,
                cases=cases,
                ending=kind.ending,
                remittance_number=f"{day}/{354_800 + number}",
            )

    def _case(self, kind: Kind, insurer: str, centre: CentrePlan, sent_at: datetime) -> CasePlan:
        registered_at = sent_at - timedelta(minutes=self._chance.randint(40, 2_400))
        fate = self._fate(kind)
        return self._dealer.deal(
            insurer, centre, registered_at, fate, self._deck(fate), self._hours_left()
        )

    def _direct(self, kind: Kind, insurer: str, registered_at: datetime) -> CasePlan:
        """Two of three direct cases come from centres without a contract."""
        turn = self._decks["direct"]
        index = UNCONTRACTED[turn % 2] if turn % 3 else turn % CONTRACTED_BY_TURN
        fate = self._fate(kind)
        deck = self._deck(fate, is_direct=True)
        centre = self._world.centres[index]
        return self._dealer.deal(insurer, centre, registered_at, fate, deck, self._hours_left())

    def _hours_left(self) -> float:
        """The working hours that are left of a case that came back."""
        return self._chance.uniform(12, 70)

    def _deck(self, fate: Fate, *, is_direct: bool = False) -> str:
        """Four of five decided cases are odd, every second open one; direct ones less often."""
        deck = "direct" if is_direct else "decided" if fate in DECIDED else "open"
        self._decks[deck] += 1
        if is_direct:
            return "direct_odd" if self._decks[deck] % DIRECT_ODD_EVERY == 0 else deck
        if self._decks[deck] % CLEAN_EVERY[deck] == 0:
            return "clean"
        return f"odd_{deck}"

    def _fate(self, kind: Kind) -> Fate:
        fate = kind.fates[self._fates[kind.name] % len(kind.fates)]
        self._fates[kind.name] += 1
        return fate

    def _times(self, kind: Kind) -> tuple[datetime | None, datetime]:
        """When the papers came (None: not yet) and when the centre sent."""
        now = self._setting.now
        part = (self._made[kind.name] + self._chance.uniform(0.1, 0.9)) / max(
            1, _count(kind, self._setting.claims)
        )
        if kind.hours is not None:
            hours = kind.hours[0] + (kind.hours[1] - kind.hours[0]) * min(1, part)
            received_at = accepted_for(self._setting.calendar, now, hours)
        else:
            days = kind.days[0] + (kind.days[1] - kind.days[0]) * min(1, part)
            received_at = (now - timedelta(days=days)).replace(microsecond=0)
        if Fate.ON_ITS_WAY in kind.fates:
            return None, received_at
        return received_at, received_at - timedelta(hours=self._chance.uniform(20, 90))


def _count(kind: Kind, claims: int) -> int:
    return max(1, round(kind.batches * claims / FULL_SIZE))


def _sizes(kinds: Sequence[Kind], claims: int, total: int) -> Iterator[tuple[Kind, int]]:
    """Each batch with its number of cases; the sum is exactly ``claims``."""
    batches = [kind for kind in kinds for _ in range(_count(kind, total))]
    base, rest = divmod(claims, len(batches))
    for place, kind in enumerate(batches):
        size = base + (place < rest)
        if size:
            yield kind, size


def _with_papers(units: list[Unit], chance: random.Random, claims: int) -> list[Unit]:
    """Sheets of paper for some cases, until there are as many pictures as a full demo has."""
    missing = round(claims * PICTURES_PER_CASE) - sum(len(unit.pictures) for unit in units)
    places = [(u, c) for u, unit in enumerate(units) for c in range(len(unit.cases))]
    chance.shuffle(places)
    cases = [list(unit.cases) for unit in units]
    for turn in range(2):
        for u, c in places:
            if missing <= 0:
                break
            more = with_paper(cases[u][c], c + turn)
            missing -= len(more.pictures) - len(cases[u][c].pictures)
            cases[u][c] = more
    return [replace(unit, cases=tuple(own)) for unit, own in zip(units, cases, strict=True)]


def _assigned(units: list[Unit]) -> list[Unit]:
    """Each case with its assessor, who has no interest in its centre."""
    turn = 0
    assigned = []
    for unit in units:
        cases = []
        for case in unit.cases:
            turn += 1
            name = case.assessor or ASSESSORS[turn % 4]
            if case.centre.index == CONFLICT_CENTRE and name == "assessor3":
                name = "assessor1"
            if case.fate is Fate.MANY_ROUNDS:
                name = "lead"
            cases.append(replace(case, assessor=name))
        assigned.append(replace(unit, cases=tuple(cases)))
    return assigned
