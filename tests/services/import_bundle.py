"""A small import folder for tests, as Python values that a test may change before writing."""

import io
import json
import zipfile
from pathlib import Path

from registered_world import CENTRE, CHILD, CONTRACT, COUNCIL, INSURER, PRINCIPAL, picture

Bundle = dict[str, list[dict[str, object]]]


def bundle() -> Bundle:
    """Everything for one indirect claim with two images and one direct claim."""
    return {
        "insurers": [{"code": INSURER, "name": "بیمه نمونه"}],
        "policyholders": [{"code": "ph-1", "name": "شرکت نمونه"}],
        "centres": [{"code": CENTRE, "name": "مرکز نمونه", "province": "تهران"}],
        "dentists": [
            {
                "medical_council_number": "۱۲۳۴۵",
                "first_name": "پزشک",
                "last_name": "نمونه",
                "centres": [CENTRE],
            }
        ],
        "services": [
            {"code": "125", "title": "ترمیم دو سطحی", "group": "filling", "surfaces": 2},
            {"code": "205", "title": "ترمیم دو سطحی اطفال", "group": "filling", "surfaces": 2},
        ],
        "tariffs": [
            {"code": "125", "amount_rial": "۶٬۲۹۰٬۰۰۰", "valid_from": "1402/01/01"},
            {"code": "205", "amount_rial": 7_722_000, "valid_from": "2023-03-21"},
        ],
        "coefficients": [{"centre": CENTRE, "basis": 10_000, "valid_from": "1402/01/01"}],
        "contracts": [
            {
                "insurer": INSURER,
                "number": CONTRACT,
                "policyholder": "ph-1",
                "plan": "طرح یک",
                "start_on": "1402/01/01",
                "end_on": "1404/12/29",
                "covers": [
                    {
                        "title": "دندان‌پزشکی",
                        "franchise_percent": 10,
                        "ceiling_rial": 40_000_000,
                        "ceiling_kind": "family",
                    }
                ],
            }
        ],
        "people": [
            person(PRINCIPAL, "1360/01/01"),
            person(CHILD, "1395/05/05"),
        ],
        "memberships": [
            {"insurer": INSURER, "contract": CONTRACT, "national_code": PRINCIPAL},
            {
                "insurer": INSURER,
                "contract": CONTRACT,
                "national_code": CHILD,
                "relation": "son",
                "principal": PRINCIPAL,
            },
        ],
        "referrals": [
            {
                "insurer": INSURER,
                "number": "700001",
                "contract": CONTRACT,
                "national_code": PRINCIPAL,
                "centre": CENTRE,
                "issued_on": "1402/09/13",
                "amount_rial": 10_000_000,
            }
        ],
        "batches": [
            {
                "acceptance_number": "366590",
                "insurer": INSURER,
                "centre": CENTRE,
                "sent_at": "1402/09/20 10:00",
            }
        ],
        "claims": [indirect(), direct()],
    }


def person(code: str, birth: str) -> dict[str, object]:
    """An insured person."""
    return {"national_code": code, "first_name": "نام", "last_name": "نامی", "birth_on": birth}


def line(**changes: object) -> dict[str, object]:
    """A two-surface filling."""
    base = {
        "number": 1,
        "service_on": "۱۴۰۲/۰۹/۱۴",
        "code": "125",
        "unit_price_rial": "6,290,000",
        "tooth": "۶ بالا چپ",
        "surfaces": "MO",
    }
    return base | changes


def indirect(**changes: object) -> dict[str, object]:
    """A centre's case with two images."""
    base = {
        "insurer": INSURER,
        "number": "990748655",
        "kind": "indirect",
        "contract": CONTRACT,
        "national_code": PRINCIPAL,
        "centre": CENTRE,
        "dentist": COUNCIL,
        "case_on": "1402/09/14",
        "referral": "700001",
        "batch": "366590",
        "lines": [line()],
        "images": [
            {"file": "a.jpg", "kind": "periapical", "phase": "before", "teeth": [26], "lines": [1]},
            {"file": "b.jpg", "kind": "photograph", "phase": "after", "taken_on": "1402/09/14"},
        ],
    }
    return base | changes


def direct(**changes: object) -> dict[str, object]:
    """A member's own document for the child."""
    base = {
        "insurer": INSURER,
        "number": "1402000001",
        "kind": "direct",
        "contract": CONTRACT,
        "national_code": CHILD,
        "centre": CENTRE,
        "dentist": COUNCIL,
        "case_on": "1402/09/14",
        "tracking_code": "1402/14/11499/036/92",
        "registered_at": "1402/09/18 10:00",
        "lines": [line(code="205", unit_price_rial=7_722_000, tooth="U/LD")],
        "images": [{"file": "c.jpg", "kind": "invoice"}],
    }
    return base | changes


IMAGES = {"a.jpg": 1, "b.jpg": 2, "c.jpg": 3}


def write(folder: Path, content: Bundle, images: dict[str, int] | None = None) -> Path:
    """Write the folder and return it."""
    (folder / "evidence").mkdir(parents=True, exist_ok=True)
    for kind, lines in content.items():
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in lines)
        (folder / f"{kind}.jsonl").write_text(text, encoding="utf-8")
    for name, shade in (IMAGES if images is None else images).items():
        (folder / "evidence" / name).write_bytes(picture(shade))
    return folder


def zipped(folder: Path, prefix: str = "") -> bytes:
    """The folder as a zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, prefix + str(path.relative_to(folder)))
    return buffer.getvalue()
