"""Which of many lines are kept."""

from workbench.rules.what_if import FlipKind
from workbench.services.catalogue import what_if_sums
from workbench.services.catalogue.what_if_sums import FlipRow, Sums


def row(number: int, kind: FlipKind, paid_rial: int) -> FlipRow:
    return FlipRow(
        number=f"{number:04}",
        centre="",
        line=1,
        code="125",
        title="",
        tooth=None,
        surfaces="",
        kind=kind,
        before_rial=0,
        after_rial=paid_rial,
        rules=(),
        reasons=(),
        gap_months=None,
    )


def test_the_largest_of_each_kind_are_kept_in_whichever_part_they_come(monkeypatch) -> None:
    monkeypatch.setattr(what_if_sums, "ROWS_MAX", 2)
    sums = Sums()
    for part in range(30):
        sums.add(Sums(rows=[row(part, FlipKind.MORE, part), row(part, FlipKind.LESS, -part)]))
    sums.add(Sums(rows=[row(99, FlipKind.ASKED, 0)]))
    sums.keep_largest()
    assert [(each.kind, each.difference_rial) for each in sums.rows] == [
        (FlipKind.MORE, 29),
        (FlipKind.LESS, -29),
        (FlipKind.MORE, 28),
        (FlipKind.LESS, -28),
        (FlipKind.ASKED, 0),
    ]
