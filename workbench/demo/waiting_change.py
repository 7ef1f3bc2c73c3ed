"""A change of the demo that waits for a second person: fillings last three years, not two."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from workbench.demo.passing import Stage
from workbench.demo.timing import day_in_tehran
from workbench.rules.changes import RuleItem
from workbench.rules.parameters import load_parameters
from workbench.rules.plain import to_plain
from workbench.services.catalogue_changes import propose
from workbench.services.rule_checks import INTERVALS

KEY = "waiting change"
MONTHS = 36
AGE, AHEAD = timedelta(days=2), timedelta(days=30)
REASON = "پیشنهاد دفتر ارزیابی: ماندگاری ترمیم سه سال"


def propose_interval(session: Session, stage: Stage) -> None:
    """The administrator proposes it for a month from now; nobody has published it yet."""
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
