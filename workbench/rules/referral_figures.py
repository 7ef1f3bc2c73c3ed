"""What became of referral letters, and their flow by day, week or Jalali month. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby

from workbench.persian.jalali import month_of
from workbench.rules.standardised import quantile
from workbench.rules.throughput import Grain
from workbench.rules.working_time import weekday_of

P90 = 0.9
LETTERS_LEAST = 30
"""A centre with fewer letters has no shares to be compared by."""
_ONE_DAY = timedelta(days=1)


class Fate(StrEnum):
    """What became of an issued letter until now."""

    USED = "used"
    EXPIRED = "expired"
    ENDED = "ended"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFlow:
    """Letters of one day or bar: issued, first used, over without a use."""

    on: date
    issued: int = 0
    used: int = 0
    expired: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fates:
    """Letters and their rials by what became of them; ``days`` from issue to use: how often."""

    letters: Mapping[Fate, int]
    amount_rial: Mapping[Fate, int]
    days: Mapping[int, int]

    @property
    def median_days(self) -> int | None:
        """Half of the used letters took no longer to be used."""
        return quantile(self.days)

    @property
    def p90_days(self) -> int | None:
        """Nine in ten of the used letters took no longer."""
        return quantile(self.days, P90)

    @property
    def issued(self) -> int:
        """All of them."""
        return sum(self.letters.values())

    @property
    def used_percent(self) -> float | None:
        """Used of all issued; young letters may still be used."""
        return 100 * self.letters.get(Fate.USED, 0) / self.issued if self.issued else None

    @property
    def used_of_settled_percent(self) -> float | None:
        """Used of those whose fate is known: used, expired or ended."""
        settled = self.issued - self.letters.get(Fate.OPEN, 0)
        return 100 * self.letters.get(Fate.USED, 0) / settled if settled else None

    @property
    def is_compared(self) -> bool:
        """Whether there are enough letters for shares."""
        return self.issued >= LETTERS_LEAST


def together(each: Iterable[Fates]) -> Fates:
    """The letters of several parts as one."""
    letters, amounts, days = Counter[Fate](), Counter[Fate](), Counter[int]()
    for fates in each:
        letters.update(fates.letters)
        amounts.update(fates.amount_rial)
        days.update(fates.days)
    return Fates(letters=letters, amount_rial=amounts, days=days)


def letter_flows(
    issued: Mapping[date, int],
    used: Mapping[date, int],
    expired: Mapping[date, int],
    first_on: date,
    last_on: date,
) -> tuple[LetterFlow, ...]:
    """One flow a day, days without a letter included."""
    days = (first_on + n * _ONE_DAY for n in range((last_on - first_on).days + 1))
    return tuple(
        LetterFlow(
            on=on, issued=issued.get(on, 0), used=used.get(on, 0), expired=expired.get(on, 0)
        )
        for on in days
    )


def letter_bars(flows: Sequence[LetterFlow], grain: Grain) -> tuple[LetterFlow, ...]:
    """The flows of each day, week (from Saturday) or Jalali month, ``on`` its first day there."""
    if grain is Grain.DAY:
        return tuple(flows)
    return tuple(
        _summed(list(days)) for _key, days in groupby(flows, key=lambda each: _bar(each.on, grain))
    )


def _bar(on: date, grain: Grain) -> object:
    return month_of(on) if grain is Grain.MONTH else on - weekday_of(on) * _ONE_DAY


def _summed(days: Sequence[LetterFlow]) -> LetterFlow:
    return LetterFlow(
        on=days[0].on,
        issued=sum(each.issued for each in days),
        used=sum(each.used for each in days),
        expired=sum(each.expired for each in days),
    )
