"""Who takes part in the demo: insured families, centres, dentists, all made up from a seed."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from workbench.demo import names
from workbench.persian.identifiers import make_national_code

INSURED = 400
FIRST_COUNCIL_NUMBER = 98_417
CENTRES = 25
DENTISTS = 60
UNCONTRACTED = (23, 24)
DEARER = {3: 11_000, 9: 10_500}
"""Centres with a coefficient, in ten-thousandths."""

CONFLICT_CENTRE = 7
"""The centre that one of the assessors belongs to."""

LEFT_DAYS_AGO = 45
SPECIALITIES = ("endodontist", "surgeon", "prosthodontist", "periodontist", "paediatric")
SHARES = (("golbarg_a", 26), ("sahel_c", 24), ("sahel_d", 20), ("didar_e", 18), ("didar_f", 12))
DAYS_A_YEAR = 365.2425
SYNTHETIC_PREFIX = "999"
"""No such place of issue exists: the codes are right and belong to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPlan:
    """One insured person; ``left_on``: the last insured day of who left the list."""

    national_code: str
    first_name: str
    last_name: str
    birth_on: date
    contract: str
    relation: str
    principal_code: str
    left_on: date | None = None
    mobile: str | None = None

    @property
    def account(self) -> str:
        """Whose ceiling pays where the family shares one."""
        return self.principal_code


@dataclass(frozen=True, slots=True, kw_only=True)
class CentrePlan:
    """One centre with its dentists' medical council numbers."""

    index: int
    code: str
    name: str
    province: str
    phone: str
    is_contracted: bool
    dentists: tuple[str, ...]
    mobile: str = ""
    email: str = ""

    @property
    def coefficient_basis(self) -> int:
        """What its prices are multiplied with, in ten-thousandths."""
        return DEARER.get(self.index, 10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class DentistPlan:
    """One dentist."""

    number: str
    first_name: str
    last_name: str
    speciality: str


def make_people(
    chance: random.Random, today: date, count: int = INSURED, *, first: int = 0
) -> list[PersonPlan]:
    """Families until there are ``count`` insured people; about one in thirty left the list.

    ``first`` is the number that the first one's national code is made from.
    """
    people: list[PersonPlan] = []
    while len(people) < count:
        people += _family(chance, today, first + len(people))
    return people[:count]


def _family(chance: random.Random, today: date, first: int) -> list[PersonPlan]:
    keys, weights = [key for key, _ in SHARES], [weight for _, weight in SHARES]
    contract = chance.choices(keys, weights)[0]
    family_name = chance.choice(names.FAMILY)
    age = chance.randint(27, 58)
    is_man = chance.random() < 0.6
    members: list[tuple[str, int, bool, str | None]] = [("principal", age, is_man, family_name)]
    if chance.random() < 0.75:
        members.append(("spouse", age + chance.randint(-5, 5), not is_man, None))
        members += [
            (("son", "daughter")[girl], child, not girl, family_name if is_man else None)
            for child in range(3, min(age - 22, 20))
            if chance.random() < 0.16
            for girl in [chance.random() < 0.5]
        ]
    if chance.random() < 0.12:
        is_father = chance.random() < 0.5
        relation = "father" if is_father else "mother"
        members.append((relation, age + chance.randint(22, 30), is_father, None))
    principal = _code(first)
    left = today - timedelta(days=LEFT_DAYS_AGO) if chance.random() < 0.08 else None
    return [
        PersonPlan(
            national_code=_code(first + place),
            first_name=chance.choice(names.MALE if is_male else names.FEMALE),
            last_name=name or chance.choice(names.FAMILY),
            birth_on=_birth(chance, today, years),
            contract=contract,
            relation=relation,
            principal_code=principal,
            left_on=left,
            mobile=f"0900{first + place:07d}" if relation == "principal" else None,
        )
        for place, (relation, years, is_male, name) in enumerate(members)
    ]


def _code(number: int) -> str:
    return make_national_code(f"{SYNTHETIC_PREFIX}{number:06d}")


def _birth(chance: random.Random, today: date, years: int) -> date:
    return today - timedelta(days=int((years + chance.uniform(0.05, 0.6)) * DAYS_A_YEAR))


def make_dentists(chance: random.Random) -> list[DentistPlan]:
    """Sixty dentists, two thirds of them general."""
    first = DentistPlan(
        number=str(FIRST_COUNCIL_NUMBER), first_name="لاله", last_name="مهرگان",
        speciality="general",
    )  # fmt: skip
    return [first] + [
        DentistPlan(
            number=str(FIRST_COUNCIL_NUMBER + 17 * index),
            first_name=chance.choice(names.FEMALE + names.MALE),
            last_name=chance.choice(names.FAMILY),
            speciality=chance.choice(SPECIALITIES) if index % 3 == 2 else "general",
        )
        for index in range(1, DENTISTS)
    ]


def make_centres(chance: random.Random, dentists: list[DentistPlan]) -> list[CentrePlan]:
    """Twenty-five centres with two to four dentists each; all dentists work somewhere."""
    centres = []
    for index in range(CENTRES):
        own = [dentists[(2 * index + k) % DENTISTS].number for k in range(2)]
        own += [dentists[50 + index % 10].number]
        centres.append(
            CentrePlan(
                index=index,
                code=f"c-{101 + index}",
                name=f"{('درمانگاه', 'کلینیک')[index % 2]} دندان‌پزشکی {names.PLANTS[index]}",
                province=chance.choice(names.PROVINCES) if index else names.PROVINCES[0],
                phone=f"0210000{index:04d}",
                mobile=f"0900001{index:04d}" if index % 3 == 0 else "",
                email=f"centre-{index:02d}@example.invalid" if index % 3 == 1 else "",
                is_contracted=index not in UNCONTRACTED,
                dentists=tuple(dict.fromkeys(own)),
            )
        )
    return centres
