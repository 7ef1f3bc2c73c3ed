"""Changes of the demo that wait for a second person: an interval, and prices of fillings."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from workbench.demo.passing import Stage
from workbench.demo.timing import day_in_tehran
from workbench.rules.changes import PriceItem, RuleItem
from workbench.rules.parameters import load_parameters
from workbench.rules.plain import to_plain
from workbench.services.catalogue.catalogue import DEFAULT_TARIFF_SET
from workbench.services.catalogue.changes import propose
from workbench.services.catalogue.rule_checks import INTERVALS

KEY = "waiting change"
MONTHS = 36
AGE, AHEAD = timedelta(days=2), timedelta(days=30)
REASON = "پیشنهاد دفتر ارزیابی: ماندگاری ترمیم سه سال"
PRICES_RIAL = {"110": 9_900_000, "125": 12_500_000, "130": 15_000_000}
PRICES_REASON = "تعرفه ترمیم پس از گفت‌وگو با مراکز"


def propose_changes(session: Session, stage: Stage) -> None:
    """The administrator proposes an interval, the lead prices; nobody has published them yet."""
    _propose_interval(session, stage)
    propose(
        session,
        stage.cast["lead"],
        reason=PRICES_REASON,
        from_on=day_in_tehran(stage.now) + AHEAD,
        items=[
            PriceItem(tariff_set=DEFAULT_TARIFF_SET, code=code, amount_rial=amount_rial)
            for code, amount_rial in PRICES_RIAL.items()
        ],
        now=stage.now - AGE,
    )


def _propose_interval(session: Session, stage: Stage) -> None:
    """From a month from now on."""
    rows = load_parameters().retreatment_intervals
    place = next(place for place, row in enumerate(rows) if "filling" in row.groups)
    plain = to_plain(replace(rows[place], months=MONTHS))
    row = {name: value for name, value in plain.items() if name != "valid_from"}
    propose(
        session,
        stage.cast["admin"],
        reason=REASON,
        from_on=day_in_tehran(stage.now) + AHEAD,
        items=[RuleItem(table=INTERVALS, row=row, replaces=place)],
        now=stage.now - AGE,
    )
