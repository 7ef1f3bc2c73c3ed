"""How long a referral letter is valid.

Source: B12 and ``calendar.md`` §3: two Jalali months after issue, at most the month's last day,
never later than the contract's end; it expires at the end of that day, and only while no service
is registered on it. What time makes true is derived here from dates, never stored.
"""

from datetime import UTC, date, datetime, time, timedelta

from workbench.persian.jalali import TEHRAN, add_months, day_of

VALID_MONTHS = 2
WARNING_DAYS = 10  # illustrative; a setting


def last_valid_day(
    issued_on: date, contract_end_on: date | None = None, *, months: int = VALID_MONTHS
) -> date:
    """The last day on which a service may be registered on the referral."""
    last_on = add_months(issued_on, months)
    return last_on if contract_end_on is None else min(last_on, contract_end_on)


def expires_at(last_valid_on: date) -> datetime:
    """The UTC instant at which the last valid day has ended in Tehran."""
    next_day = last_valid_on + timedelta(days=1)
    return datetime.combine(next_day, time(), TEHRAN).astimezone(UTC)


def is_expired(last_valid_on: date, now: datetime, *, has_service: bool = False) -> bool:
    """Whether the last valid day is over; a referral with a registered service never expires."""
    return not has_service and now >= expires_at(last_valid_on)


def days_left(last_valid_on: date, now: datetime) -> int:
    """Days after today until the last valid day: 0 on that day itself, negative afterwards."""
    return (last_valid_on - day_of(now)).days


def is_about_to_expire(
    last_valid_on: date,
    now: datetime,
    *,
    has_service: bool = False,
    within_days: int = WARNING_DAYS,
) -> bool:
    """Whether an unused, still valid referral expires within so many days."""
    return not has_service and 0 <= days_left(last_valid_on, now) <= within_days
