"""The public result names teeth, decisions and validity, in both languages."""

import pytest

from workbench.persian.jalali import parse_day
from workbench.rules.panel import Choice
from workbench.rules.plan_text import DecidedUnit, result_text


def unit(tooth=None, choice=Choice.APPROVE, group="implant", **more):
    return DecidedUnit(group=group, tooth=tooth, choice=choice, **more)


METAL = "روکش چینی با پایه فلزی"
NO_BONE = "استخوان کافی دیده نمی‌شود"


@pytest.mark.parametrize(
    ("units", "text"),
    [
        ([unit(34), unit(36)], "ایمپلنت دندان ۴ و ۶ پایین چپ مورد تایید"),
        ([unit(36), unit(16)], "ایمپلنت دندان ۶ بالا راست و ۶ پایین چپ مورد تایید"),
        ([unit(jaw="upper", group="orthodontics")], "ارتودنسی فک بالا مورد تایید"),
        (
            [unit(jaw="upper", group="orthodontics"), unit(jaw="lower", group="orthodontics")],
            "ارتودنسی فک بالا و فک پایین مورد تایید",
        ),
        (
            [unit(37, Choice.REJECT, reason=NO_BONE), unit(36)],
            f"ایمپلنت دندان ۶ پایین چپ مورد تایید؛ ایمپلنت دندان ۷ پایین چپ رد شد: {NO_BONE}",
        ),
        (
            [
                unit(
                    15,
                    Choice.MODIFY,
                    "crown",
                    title="روکش چینی با پایه فلزی",
                    amount_rial=18_500_000,
                )
            ],
            f"روکش دندان ۵ بالا راست با تغییر مورد تایید: {METAL}، تا ۱۸٬۵۰۰٬۰۰۰ ریال",
        ),
        (
            [unit(36, Choice.MODIFY, amount_rial=55_500_000, reason="بیش از عرف")],
            "ایمپلنت دندان ۶ پایین چپ تا مبلغ ۵۵٬۵۰۰٬۰۰۰ ریال مورد تایید (بیش از عرف)",
        ),
        (
            [unit(14, group="bridge"), unit(15, group="crown")],
            "بریج دندان ۴ بالا راست مورد تایید؛ روکش دندان ۵ بالا راست مورد تایید",
        ),
    ],
)
def test_the_result_in_persian(units, text):
    assert result_text(units, None) == text


def test_a_modification_says_why_if_its_member_did():
    why = unit(15, Choice.MODIFY, "crown", title="روکش", amount_rial=9_000_000, reason=NO_BONE)
    assert result_text([why], None).endswith(f"روکش، تا ۹٬۰۰۰٬۰۰۰ ریال ({NO_BONE})")


def test_the_validity_stands_last_and_only_beside_an_approval():
    until = parse_day("1403/02/31")
    assert result_text([unit(36)], until).endswith("؛ اعتبار برای خدمت‌های تا پایان ۱۴۰۳/۰۲/۳۱")
    assert "۱۴۰۳" not in result_text([unit(36, Choice.REJECT, reason="نه")], until)


def test_the_result_in_english():
    until = parse_day("1403/02/31")
    units = [unit(34), unit(36), unit(37, Choice.REJECT, reason="no bone")]
    assert result_text(units, until, "en") == (
        "implant teeth lower left 4 and 6 approved; implant tooth lower left 7 rejected: no bone; "
        "valid for services until the end of 1403/02/31"
    )


def test_another_reason_is_another_sentence():
    units = [unit(36, Choice.REJECT, reason="یک"), unit(37, Choice.REJECT, reason="دو")]
    assert result_text(units, None).count("رد شد") == 2
