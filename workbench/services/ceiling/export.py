"""The ledger of a ceiling account as XLSX, right to left in Persian."""

from datetime import datetime

from sqlalchemy.orm import Session

from workbench.i18n import _
from workbench.persian.jalali import format_instant
from workbench.services import audit
from workbench.services.access import Actor
from workbench.services.ceiling.view import Entry, read_entries
from workbench.services.list_files import xlsx_file

EXPORT_MAX = 20_000


def ceiling_xlsx(
    session: Session,
    actor: Actor,
    insurer_id: int,
    account_id: int,
    *,
    now: datetime,
    as_of: datetime | None = None,
    group: str = "all",
) -> bytes:
    """The newest entries of an account until ``as_of``; leaves an audit event.

    Needs a writing transaction. Refused as ``read_ceiling``.
    """
    until = now if as_of is None else min(as_of, now)
    entries, is_unlimited = read_entries(
        session, actor, (insurer_id, account_id), until=until, group=group, size=EXPORT_MAX
    )
    audit.record(
        session,
        action="ceiling.export",
        stream=f"account:{insurer_id}-{account_id}",
        actor_id=actor.user_id,
        now=now,
        insurer_id=insurer_id,
        rows=len(entries),
    )
    cells = [_cells(entry, is_unlimited=is_unlimited) for entry in entries]
    return xlsx_file(_("Ledger of the ceiling"), _titles(), cells)


def _titles() -> list[str]:
    return [
        _("Time"),
        _("Event"),
        _("Letter"),
        _("Case"),
        _("Batch"),
        _("For"),
        _("Centre"),
        _("Recorded by"),
        _("Amount (rial)"),
        _("Change of reserve"),
        _("Change of use"),
        _("Reserved afterwards"),
        _("Used afterwards"),
        _("Free afterwards"),
    ]


def _cells(entry: Entry, *, is_unlimited: bool) -> list[str | int | None]:
    return [
        format_instant(entry.at),
        entry.kind_name,
        entry.referral,
        entry.claim,
        entry.batch,
        entry.person_name,
        entry.centre,
        entry.actor or _("the system"),
        entry.amount_rial,
        entry.reserved_change_rial,
        entry.used_change_rial,
        entry.reserved_rial,
        entry.used_rial,
        None if is_unlimited else entry.limit_rial - entry.reserved_rial - entry.used_rial,
    ]
