"""What a planned case holds: its lines with days and prices, its pictures, its payable."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from workbench.demo.covers import CONTRACTS, SCRIPTED
from workbench.demo.people import CentrePlan
from workbench.demo.pictures import Picture
from workbench.demo.plans import RESUBMISSIONS, CasePlan, Fate
from workbench.demo.prices import billed_rial, tariff_rial
from workbench.demo.shapes import Recipe, Shot
from workbench.demo.treatments import paper
from workbench.rules.facts import EvidenceKind, Phase
from workbench.rules.money import LineInput, settle
from workbench.services.claims.content import LineRequest

PAPERS = (EvidenceKind.SIGNED_REFERRAL, EvidenceKind.IDENTITY, EvidenceKind.PLAN_FORM)


def lines_of(
    recipe: Recipe, contract: str, centre: CentrePlan, first_on: date
) -> tuple[LineRequest, ...]:
    """The requested lines with their days and prices."""
    return tuple(
        LineRequest(
            number=number,
            service_on=first_on + timedelta(days=work.day),
            code=work.code,
            unit_price_rial=billed_rial(
                contract, work, first_on + timedelta(days=work.day), centre
            ),
            quantity=work.quantity,
            tooth=work.tooth,
            jaw=work.jaw,
            surfaces=work.surfaces,
            canals=work.canals,
            note=work.note,
        )
        for number, work in enumerate(recipe.works, 1)
    )


def payable_of(
    recipe: Recipe, contract: str, centre: CentrePlan, lines: tuple[LineRequest, ...]
) -> int:
    """The payable as requested: what a referral has to hold, in rials."""
    inputs = []
    for line in lines:
        unit_rial = tariff_rial(contract, line.code, line.service_on, centre)
        limit_rial = None if unit_rial is None else unit_rial * line.quantity
        inputs.append(LineInput(cost_rial=line.cost_rial, tariff_rial=limit_rial, deduction_rial=0))
    franchise = CONTRACTS[contract].franchise_of(recipe.cover_code)
    return settle(inputs, franchise_basis=franchise, available_rial=None).payable_rial


def pictures_of(
    shots: tuple[Shot, ...],
    lines: tuple[LineRequest, ...],
    first_on: date,
    seed: int,
    letter: str,
) -> tuple[Picture, ...]:
    """The pictures of a case; those of one mouth share the seed, equal ones count as copies."""
    seen: Counter[tuple[object, ...]] = Counter()
    pictures = []
    for shot in shots:
        key = (shot.kind, shot.phase, shot.tooth)
        is_invoice = shot.kind is EvidenceKind.INVOICE
        pictures.append(
            Picture(
                seed=seed,
                shot=shot,
                taken_on=None if shot.day is None else first_on + timedelta(days=shot.day),
                invoice=tuple((line.code, line.cost_rial) for line in lines) if is_invoice else (),
                letter=letter,
                copy=seen[key],
            )
        )
        seen[key] += 1
    return tuple(pictures)


def later_pictures(
    fate: Fate, lines: tuple[LineRequest, ...], first_on: date, seed: int
) -> tuple[Picture, ...]:
    """One new picture per re-submission: the tooth of the first line after the treatment."""
    tooth = next((line.tooth for line in lines if line.tooth), 36)
    shot = Shot(
        kind=EvidenceKind.PERIAPICAL, phase=Phase.AFTER, tooth=tooth, treatment="filling", day=2
    )
    return tuple(
        Picture(seed=seed, shot=shot, taken_on=first_on + timedelta(days=2), copy=5 + turn)
        for turn in range(RESUBMISSIONS.get(fate, 0))
    )


def with_paper(case: CasePlan, turn: int) -> CasePlan:
    """The case with one more sheet of paper, if it has not all of them."""
    have = {picture.shot.kind for picture in case.pictures}
    kind = next(
        (PAPERS[(turn + k) % 3] for k in range(3) if PAPERS[(turn + k) % 3] not in have), None
    )
    if kind is None or case.person.contract == SCRIPTED:
        return case
    letter = case.referral_number or case.number
    picture = Picture(
        seed=case.seed, shot=paper(kind), taken_on=case.pictures[0].taken_on if case.pictures
        else case.case_on, letter=letter,
    )  # fmt: skip
    return replace(case, pictures=(*case.pictures, picture))
