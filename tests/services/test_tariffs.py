"""Adding prices, seeding the catalogue, and which price holds on a day."""

import pytest
import registered_world as world
from sqlalchemy import func, select

from workbench.db.models import AuditEvent, Reason, Service, Tariff, TariffSet, WeeklySchedule
from workbench.db.queries.tariffs import tariff_in_force
from workbench.errors import Refused
from workbench.persian.jalali import parse_day
from workbench.rules.workflow import Role
from workbench.services.catalogue.catalogue import (
    DEFAULT_TARIFF_SET,
    add_coefficient,
    add_tariff,
    default_catalogue,
    seed_catalogue,
)
from workbench.services.reference import Change, register_centre


def _seed(database, now):
    database.in_tx(lambda session: seed_catalogue(session, now=now))


@pytest.fixture
def desk(database, prepared, now):
    prepared(_seed, now)
    return database


def price(desk, code, on, **more):
    values = {"centre_id": None, "is_contracted": True} | more
    with desk.reading() as session:
        set_id = session.scalars(select(TariffSet.id)).one()
        return tariff_in_force(session, set_id, [code], parse_day(on), **values).get(code)


def add(desk, now, code="835", actor=None, **more):
    values = {"amount_rial": 1_000, "valid_from": "1402/01/01"} | more
    for name in ("valid_from", "valid_to"):
        if values.get(name):
            values[name] = parse_day(values[name])
    return desk.in_tx(
        lambda session: add_tariff(
            session, actor, tariff_set_code=DEFAULT_TARIFF_SET, code=code, **values, now=now
        )
    ).change


def test_seeding_twice_adds_nothing(desk, now):
    assert desk.in_tx(lambda session: seed_catalogue(session, now=now)) == 0
    with desk.reading() as session:
        reasons = set(session.scalars(select(Reason.code)))
        assert {f"D{n:02d}" for n in range(1, 21)} | {"D99"} <= reasons
        assert {f"R{n:02d}" for n in range(1, 20)} <= reasons and len(reasons) == 40
        computed = select(Reason.code).where(Reason.is_computed).order_by(Reason.code)
        assert session.scalars(computed).all() == ["D17", "D18"]
        assert session.scalars(select(Reason.code).where(Reason.needs_text)).all() == ["D99"]
        assert session.scalars(select(WeeklySchedule.off_weekdays)).all() == ["5,6"]


def test_only_the_three_known_codes_are_not_illustrative(desk):
    with desk.reading() as session:
        known = select(Service.code).where(Service.is_illustrative.is_(False))
        assert set(session.scalars(known)) == {"125", "205", "840"}


def test_every_group_of_the_rules_is_in_the_catalogue():
    groups = {row["group"] for row in default_catalogue()["services"]}
    assert groups == {
        *("filling", "root_canal", "extra_canal", "crown", "bridge", "implant", "orthodontics"),
        *("extraction", "impacted", "alveoloplasty", "flap", "scaling", "fluoride", "sealant"),
        *("radiograph", "panoramic", "cephalometric", "denture", "night_guard", "post"),
        *("steel_crown", "pulpectomy", "bone_graft", "frenectomy", "visit", "cosmetic", "medical"),
    }


def test_the_known_prices_hold_in_1402_and_rise_every_year(desk):
    assert price(desk, "125", "1402/12/29").unit_rial == 6_290_000
    assert price(desk, "205", "1402/01/01").unit_rial == 7_722_000
    years = [price(desk, "125", f"{year}/01/01").unit_rial for year in range(1402, 1406)]
    assert years == [6_290_000, 8_177_000, 10_693_000, 13_838_000]
    assert price(desk, "125", "1401/12/29") is None
    assert price(desk, "835", "1404/01/01") is None  # four canals have no price of their own
    assert price(desk, "125", "1402/01/01", is_contracted=False).unit_rial == 5_347_000


def test_the_first_and_the_last_day_of_a_price_count_and_the_next_day_has_none(desk, now):
    add(desk, now, valid_to="1402/06/31")
    assert price(desk, "835", "1401/12/29") is None
    assert price(desk, "835", "1402/01/01").unit_rial == 1_000
    assert price(desk, "835", "1402/06/31").unit_rial == 1_000
    assert price(desk, "835", "1402/07/01") is None


def test_a_correction_of_the_same_day_wins_and_the_former_row_stays(desk, now):
    assert add(desk, now) is Change.ADDED
    assert add(desk, now, amount_rial=2_000) is Change.CHANGED
    assert add(desk, now, amount_rial=2_000) is Change.UNCHANGED
    assert price(desk, "835", "1402/05/05").unit_rial == 2_000
    with desk.reading() as session:
        rows = select(func.count()).select_from(Tariff).where(Tariff.code == "835")
        assert session.scalar(rows) == 2
        changes = select(AuditEvent.action).where(AuditEvent.action.like("tariff.%"))
        assert session.scalars(changes).all() == ["tariff.added", "tariff.changed"]


def test_an_ended_price_does_not_let_an_older_one_come_back(desk, now):
    add(desk, now)
    add(desk, now, valid_from="1403/01/01", valid_to="1403/06/31", amount_rial=2_000)
    assert price(desk, "835", "1402/12/29").unit_rial == 1_000
    assert price(desk, "835", "1403/06/31").unit_rial == 2_000
    assert price(desk, "835", "1403/07/01") is None


@pytest.mark.parametrize(
    ("first", "second", "is_refused"),
    [
        (("1402/01/01", "1402/06/31"), ("1402/06/31", None), True),
        (("1402/01/01", "1402/06/31"), ("1402/07/01", None), False),
        (("1402/07/01", None), ("1402/01/01", "1402/07/01"), True),
        (("1402/07/01", None), ("1402/01/01", "1402/06/31"), False),
        (("1402/01/01", None), ("1403/01/01", None), False),
        (("1403/01/01", None), ("1402/01/01", None), False),
    ],
)
def test_closed_periods_may_not_overlap(desk, now, first, second, is_refused):
    add(desk, now, valid_from=first[0], valid_to=first[1])
    if not is_refused:
        assert add(desk, now, valid_from=second[0], valid_to=second[1]) is Change.ADDED
        return
    with pytest.raises(Refused) as refused:
        add(desk, now, valid_from=second[0], valid_to=second[1])
    assert refused.value.code == "tariff_overlaps"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": "999"}, "unknown_service_code"),
        ({"amount_rial": -1}, "negative_price"),
        ({"valid_to": "1401/12/29"}, "tariff_period"),
        ({"actor": world.actor(Role.ASSESSOR)}, "not_permitted"),
    ],
)
def test_a_wrong_price_is_refused(desk, now, changes, code):
    with pytest.raises(Refused) as refused:
        add(desk, now, **changes)
    assert refused.value.code == code


def test_a_specialist_price_holds_where_there_is_one_and_the_general_one_elsewhere(desk, now):
    add(desk, now, code="125", level="specialist", amount_rial=9_000_000)
    assert price(desk, "125", "1402/05/05", level="specialist").unit_rial == 9_000_000
    assert price(desk, "125", "1402/05/05").unit_rial == 6_290_000
    assert price(desk, "130", "1402/05/05", level="specialist").level == "general"


def test_a_centres_coefficient_multiplies_from_its_day_on_rounded_half_up(desk, now):
    def coefficient(basis, on, expected):
        change = desk.in_tx(
            lambda session: add_coefficient(
                session,
                None,
                centre_code="c-1",
                tariff_set_code=DEFAULT_TARIFF_SET,
                basis=basis,
                valid_from=parse_day(on),
                now=now,
            )
        ).change
        assert change is expected

    centre = desk.in_tx(
        lambda session: register_centre(
            session, None, code="c-1", name="مرکز", province="تهران", now=now
        )
    )
    add(desk, now, amount_rial=15_001)
    coefficient(12_000, "1402/06/01", Change.ADDED)
    coefficient(11_000, "1402/06/01", Change.CHANGED)
    coefficient(11_000, "1402/06/01", Change.UNCHANGED)
    before = price(desk, "835", "1402/05/31", centre_id=centre.id)
    after = price(desk, "835", "1402/06/01", centre_id=centre.id)
    assert (before.unit_rial, before.coefficient_basis) == (15_001, 10_000)
    assert (after.unit_rial, after.base_rial) == (16_501, 15_001)  # 16,501.1
    with pytest.raises(Refused) as refused:
        coefficient(0, "1402/07/01", Change.ADDED)
    assert refused.value.code == "coefficient_wrong"
