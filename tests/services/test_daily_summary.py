"""The daily summary says what the pages say of the day; it is a paper on the record."""

from datetime import timedelta

from sqlalchemy import func, select

from tests.services.office import TYPED_RIAL, Office, refused
from tests.services.registered_world import actor
from workbench.db.models import AuditEvent, Claim, ClaimStep, LineDeduction
from workbench.persian.digits import to_persian
from workbench.persian.jalali import day_of, format_day
from workbench.persian.rial import format_rial
from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.services.figures.daily_figures import Daily, read_daily
from workbench.services.figures.daily_summary import COMMAND_LINE, _content, daily_summary
from workbench.services.figures.throughput import Wanted, read_throughput

MANAGER = actor(Role.MANAGER)


def daily(office: Office, by: Actor = MANAGER) -> Daily:
    with office.database.reading() as session:
        return read_daily(session, by, day_of(office.now), now=office.now)


def test_the_day_is_a_plain_count_of_its_steps(worked_day: Office) -> None:
    found = daily(worked_day)
    today = day_of(worked_day.now).toordinal()
    with worked_day.database.reading() as session:
        plain = dict(
            session.execute(
                select(ClaimStep.action, func.count())
                .where(ClaimStep.day == today, ClaimStep.is_undone.is_(False))
                .group_by(ClaimStep.action)
            ).all()
        )
        deducted = session.scalar(
            select(func.sum(LineDeduction.amount_rial))
            .join(Claim, Claim.id == LineDeduction.claim_id)
            .where(Claim.state == "finished")
        )
        in_work = session.scalar(
            select(func.count()).where(Claim.state.in_(["accepted", "under_review", "parked"]))
        )
    (flow,) = found.whole.flows
    assert (flow.decided, flow.returned) == (plain["finish"], plain["return"]) == (2, 1)
    assert flow.came == plain.get("arrive", 0)
    assert found.whole.backlogs == (in_work,)
    assert sum(view.backlogs[-1] for view in found.kinds.values()) == in_work
    assert sum(view.flows[0].came for view in found.kinds.values()) == flow.came
    assert sum(each.amount_rial for each in found.money.reasons) == deducted


def test_the_paper_holds_the_numbers_of_the_page(worked_day: Office) -> None:
    found = daily(worked_day)
    content = _content(found, worked_day.now)
    wanted = Wanted(first_on=found.on, last_on=found.on)
    with worked_day.database.reading() as session:
        page = read_throughput(session, MANAGER, wanted, now=worked_day.now)
    (flow,) = page.flows
    said = [each["value"] for each in content["figures"]]
    plain = (flow.came, flow.decided, flow.returned, page.backlogs[-1])
    assert said[:4] == [format_rial(each, "fa") for each in plain]
    assert said[4] == to_persian(f"{page.on_time_percent:.1f}").replace(".", "٫") + "٪"
    tables = {each["title"]: each["rows"] for row in content["tables"] for each in row}
    cells = {cell for rows in tables.values() for row in rows for cell in row}
    for amount in (TYPED_RIAL, *found.money.amounts.values()):
        assert format_rial(amount, "fa") in cells
    assert to_persian(format_day(found.on)) in content["day"]


def test_it_is_a_paper_of_the_same_bytes_on_the_record(worked_day: Office) -> None:
    on = day_of(worked_day.now)

    def made(by: Actor) -> bytes:
        return worked_day.database.in_tx(lambda s: daily_summary(s, by, on, now=worked_day.now))

    first = made(MANAGER)
    assert first.startswith(b"%PDF") and first == made(COMMAND_LINE)
    with worked_day.database.reading() as session:
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "figures.daily")
        ).all()
    assert [event.actor_id for event in events] == [MANAGER.user_id, None]
    assert {event.facts["on"] for event in events} == {format_day(on)}


def test_who_may_not_read_figures_gets_no_summary(worked_day: Office) -> None:
    on = day_of(worked_day.now)
    for role in (Role.ASSESSOR, Role.FINANCE, Role.ADMIN, Role.RECEPTION):
        refused(
            "not_permitted",
            lambda r=role: worked_day.database.in_tx(
                lambda s: daily_summary(s, actor(r), on, now=worked_day.now)
            ),
        )
    tomorrow = on + timedelta(days=1)
    refused(
        "period_wrong",
        lambda: worked_day.database.in_tx(
            lambda s: daily_summary(s, MANAGER, tomorrow, now=worked_day.now)
        ),
    )


def test_a_day_without_work_is_a_paper_too(office: Office) -> None:
    on = day_of(office.now) - timedelta(days=40)
    content = office.database.in_tx(lambda s: daily_summary(s, MANAGER, on, now=office.now))
    assert content.startswith(b"%PDF")


def test_another_insurers_day_is_empty(worked_day: Office) -> None:
    found = daily(worked_day, by=actor(Role.MANAGER, insurer_ids=frozenset({1})))
    assert (found.whole.flows[0].came, found.money.cases, found.letters.total) == (0, 0, 0)
