"""The treatment plans of an export, as the lines an import takes."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Dentist, Insurer, PlanImage, PlanUnit, Referral, TreatmentPlan
from workbench.services.backups.exports_reference import Line, day, without_nothing

FileOf = Callable[[PlanImage], Line | None]


def plan_lines(session: Session, file_of: FileOf) -> Iterator[Line]:
    """Every plan as it was submitted last, with all its images; votes and notes stay behind."""
    for row in session.execute(
        select(
            TreatmentPlan,
            Insurer.code.label("insurer"),
            Referral.number.label("referral"),
            Dentist.medical_council_number.label("dentist"),
        )
        .join(Insurer, Insurer.id == TreatmentPlan.insurer_id)
        .join(
            Referral,
            (Referral.insurer_id == TreatmentPlan.insurer_id)
            & (Referral.id == TreatmentPlan.referral_id),
        )
        .join(Dentist, Dentist.id == TreatmentPlan.dentist_id)
        .order_by(TreatmentPlan.id)
    ):
        plan = row.TreatmentPlan
        yield {
            "insurer": row.insurer,
            "number": plan.number,
            "referral": row.referral,
            "dentist": row.dentist,
            "submitted_at": plan.submitted_at.isoformat(),
            "units": [_unit(unit) for unit in _of(session, PlanUnit, plan)],
            "images": [
                _image(image, file)
                for image in _of(session, PlanImage, plan)
                if (file := file_of(image)) is not None
            ],
        }


def _of(session: Session, model: Any, plan: TreatmentPlan) -> Iterator[Any]:
    statement = select(model).where(model.insurer_id == plan.insurer_id, model.plan_id == plan.id)
    return iter(session.scalars(statement.order_by(model.number)))


def _unit(unit: PlanUnit) -> Line:
    return without_nothing(
        {
            "number": unit.number,
            "code": unit.code,
            "amount_rial": unit.amount_rial,
            "tooth": unit.tooth,
            "jaw": unit.jaw,
            "quantity": unit.quantity,
        }
    )


def _image(image: PlanImage, file: Line) -> Line:
    return without_nothing(
        {
            **file,
            "kind": image.kind,
            "phase": image.phase,
            "teeth": image.teeth,
            "taken_on": day(image.taken_on),
        }
    )
