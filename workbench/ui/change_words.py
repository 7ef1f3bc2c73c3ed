"""A proposed change in words: its state, and each item with what held before."""

from html import escape

from workbench.i18n import _, language
from workbench.rules.changes import CoefficientItem, PriceItem
from workbench.services.catalogue.changes import DRAFT, PUBLISHED, ChangeRow
from workbench.services.catalogue.items import ShownItem
from workbench.ui.format import day, digits, listed, ltr, pill, rial
from workbench.ui.rule_words import row_text, table_name

BASIS_PER_ONE = 10_000


def state_pill(state: str) -> str:
    """The state of a change (HTML)."""
    if state == DRAFT:
        return pill("waiting", _("Draft"))
    return pill("approved", _("Published")) if state == PUBLISHED else pill("late", _("Withdrawn"))


def change_name(change: ChangeRow) -> str:
    """A change in a list to choose from: why, and from when on (text)."""
    return _("{reason}, from {day} on").format(reason=change.reason, day=day(change.from_on))


def level_name(level: str) -> str:
    """The tariff level of a dentist."""
    return _("specialist") if level == "specialist" else _("general dentist")


def contracted_name(*, is_contracted: bool) -> str:
    """Whose price it is."""
    return _("contracted") if is_contracted else _("not contracted")


def times(basis: int) -> str:
    """A coefficient in ten-thousandths as a number: «۱٫۲۵»."""
    whole, rest = divmod(basis, BASIS_PER_ONE)
    fraction = f"{rest:04d}".rstrip("0")
    point = "٫" if language() == "fa" else "."
    return digits(f"{whole}{point}{fraction}" if fraction else str(whole))


def no_coefficient() -> str:
    """What is wrong with a coefficient that was typed."""
    return _("A coefficient is a number above 0 with at most four decimals.")


def item_cells(shown: ShownItem) -> tuple[str, str, str]:
    """What an item is about, what holds before it, what from it on (HTML)."""
    item = shown.item
    if isinstance(item, PriceItem):
        kinds = listed((contracted_name(is_contracted=item.is_contracted), level_name(item.level)))
        thing = f"{ltr(item.code)} <bdi>{escape(shown.thing)}</bdi>"
        return f"{thing} · {escape(kinds)}", rial(shown.former), rial(shown.new)
    if isinstance(item, CoefficientItem):
        said = escape(_("Coefficient of"))
        thing = f"{said} <bdi>{escape(shown.thing)}</bdi>"
        return thing, ltr(times(shown.former)), ltr(times(shown.new))
    former = "–" if shown.former is None else escape(row_text(item.table, shown.former))
    new = escape(row_text(item.table, shown.new) if shown.new is not None else _("ends"))
    return escape(table_name(item.table)), f"<bdi>{former}</bdi>", f"<bdi>{new}</bdi>"
