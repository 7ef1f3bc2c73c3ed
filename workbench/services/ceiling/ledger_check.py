"""The proof of the ledger: every balance is the sum of its entries."""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from workbench.db.models import CeilingAccount, CeilingEntry, CeilingReservation


def verify_balances(session: Session) -> list[str]:
    """Every account whose balance is not the sum of its entries, in one pass; [] when exact."""
    sums = (
        select(
            CeilingEntry.insurer_id,
            CeilingEntry.account_id,
            func.sum(CeilingEntry.limit_change_rial).label("limit_rial"),
            func.sum(CeilingEntry.reserved_change_rial).label("reserved_rial"),
            func.sum(CeilingEntry.used_change_rial).label("used_rial"),
        )
        .group_by(CeilingEntry.insurer_id, CeilingEntry.account_id)
        .subquery()
    )
    wrong = (
        select(CeilingAccount.id)
        .outerjoin(
            sums,
            (sums.c.insurer_id == CeilingAccount.insurer_id)
            & (sums.c.account_id == CeilingAccount.id),
        )
        .where(
            or_(
                CeilingAccount.reserved_rial != func.coalesce(sums.c.reserved_rial, 0),
                CeilingAccount.used_rial != func.coalesce(sums.c.used_rial, 0),
                func.coalesce(CeilingAccount.limit_rial, 0) != func.coalesce(sums.c.limit_rial, 0),
            )
        )
    )
    problems = [
        f"account {key}: balance is not the sum of its entries" for key in session.scalars(wrong)
    ]
    return problems + verify_reservations(session)


def verify_reservations(session: Session) -> list[str]:
    sums = (
        select(
            CeilingEntry.insurer_id,
            CeilingEntry.reservation_id,
            func.sum(CeilingEntry.reserved_change_rial).label("left_rial"),
        )
        .where(CeilingEntry.reservation_id.is_not(None))
        .group_by(CeilingEntry.insurer_id, CeilingEntry.reservation_id)
        .subquery()
    )
    wrong = (
        select(CeilingReservation.id)
        .outerjoin(
            sums,
            (sums.c.insurer_id == CeilingReservation.insurer_id)
            & (sums.c.reservation_id == CeilingReservation.id),
        )
        .where(CeilingReservation.reserved_left_rial != func.coalesce(sums.c.left_rial, 0))
    )
    return [
        f"reservation {key}: what is left is not the sum of its entries"
        for key in session.scalars(wrong)
    ]
