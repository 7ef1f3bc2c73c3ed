"""What a finding says: title, one sentence with numbers and Jalali dates, figures, source."""

import re

import pytest
from case_builder import build_case, load_cases

from workbench.i18n import use_language
from workbench.rules.parameters import load_parameters
from workbench.rules.rulebook import find_all
from workbench.rules.sentences import SOURCES, expression, sentence, source, title

PARAMETERS = load_parameters()
CASES = load_cases("findings_*.toml")
LATIN_ALLOWED = re.compile(r"aspa\.ir|iraniansos\.ir|moe\.gov\.ir|CBCT")


@pytest.fixture(autouse=True)
def persian():
    use_language("fa")
    yield
    use_language("fa")


def findings_of(case: dict):
    return find_all(build_case(case["given"], case.get("on", "1402/09/14")), PARAMETERS)


def case_named(name: str) -> dict:
    return next(case for case in CASES if case["name"] == name)


@pytest.mark.parametrize("case", [c for c in CASES if c["expect"]], ids=lambda case: case["name"])
def test_every_finding_speaks_persian_without_a_latin_letter_or_digit(case):
    for finding in findings_of(case):
        for said in (title(finding), sentence(finding), expression(finding), source(finding)):
            # A primary tooth is named by its letter, «C بالا چپ».
            plain = re.sub(r"\b[A-E]\b", "", LATIN_ALLOWED.sub("", said))
            assert not re.search(r"[A-Za-z0-9{}]", plain), said
        assert title(finding) and sentence(finding) and source(finding)


@pytest.mark.parametrize("case", [c for c in CASES if c["expect"]], ids=lambda case: case["name"])
def test_every_finding_speaks_english(case):
    use_language("en")
    for finding in findings_of(case):
        said = title(finding) + sentence(finding) + expression(finding) + source(finding)
        assert not re.search(r"[۰-۹{}٬]", said), said


SAID = [
    (
        "the re-coded line of the sources",
        "مغایرت کد خدمت با سن بیمار",
        "سن در تاریخ خدمت ۱۴۰۲/۰۹/۱۴ برابر ۱۱ سال و ۴ ماه است و کمتر از ۱۰ سال نیست؛ ۲۰۵ اطفال به "
        "۱۲۵ کامپوزیت دو سطحی برمی‌گردد.",
        "۷٬۷۲۲٬۰۰۰ − ۶٬۲۹۰٬۰۰۰ = ۱٬۴۳۲٬۰۰۰",
    ),
    (
        "the excess of a line of the mock-up",
        "رد تعرفه",
        "تعرفهٔ ۱۲۴ از ۱۴۰۲/۰۱/۰۱ برای هر واحد ۴٬۶۵۰٬۰۰۰ است.",
        "۴٬۸۱۰٬۰۰۰ − ۱ × ۴٬۶۵۰٬۰۰۰ = ۱۶۰٬۰۰۰",
    ),
    (
        "an extra canal without a radiograph during treatment is deducted whole",
        "کانال اضافه بدون گرافی حین درمان",
        "کد ۸۴۰، دندان ۶ پایین راست (۴۶) گرافی حین درمان لازم دارد و در پرونده نیست.",
        "۱ × ۳٬۱۸۰٬۰۰۰ = ۳٬۱۸۰٬۰۰۰",
    ),
    (
        "case date before the issue: the example of the sources",
        "تاریخ پرونده خارج از بازهٔ معتبر",
        "تاریخ تشکیل پرونده (۱۴۰۲/۰۹/۱۲) قبل از تاریخ صدور معرفی‌نامه (۱۴۰۲/۰۹/۱۳) است.",
        "",
    ),
    (
        "one anterior filling always needs images",
        "نبود گرافی قبل",
        "خدمت ۱۲۴، دندان ۳ بالا چپ (۲۳) به تصویر پیش از درمان نیاز دارد و در پرونده نیست. "
        "برای دندان قدامی همیشه لازم است.",
        "۱ × ۴٬۶۵۰٬۰۰۰ = ۴٬۶۵۰٬۰۰۰",
    ),
    (
        "a four-canal code without a price explains three and one extra",
        "کد چهارکاناله بدون تعرفه",
        "کد ۳۰۴ با ۴ کانال در ۱۴۰۲/۰۹/۱۴ تعرفه ندارد؛ به صورت یک خط ۳ کاناله و ۱ کد ۸۴۰ روی همان "
        "دندان ثبت می‌شود.",
        "",
    ),
    (
        "an excluded group is rejected whole",
        "خدمت خارج از تعهد قرارداد",
        "«جرم‌گیری» از خدمات خارج از تعهد «دندان» در این قرارداد است.",
        "۳٬۱۰۰٬۰۰۰ − ۱۰۰٬۰۰۰ = ۳٬۰۰۰٬۰۰۰",
    ),
    (
        "three units of crown and bridge need one each",
        "بدون مجوز کمیسیون",
        "«روکش»، دندان ۵ پایین چپ (۳۵) پیش از درمان مجوز کمیسیون دندان‌پزشکی می‌خواهد و مجوزی ندارد. "
        "روی هم ۳ واحد از این خدمات آمده است؛ از ۳ واحد به بعد مجوز لازم است.",
        "۱ × ۱۵٬۰۰۰٬۰۰۰ = ۱۵٬۰۰۰٬۰۰۰",
    ),
    (
        "decided a day after the service",
        "بدون مجوز کمیسیون",
        "مجوز طرح درمان ۱ در ۱۴۰۲/۰۹/۱۵ صادر شده است، پس از خدمت در ۱۴۰۲/۰۹/۱۴.",
        "۱ × ۱۲۰٬۰۰۰٬۰۰۰ = ۱۲۰٬۰۰۰٬۰۰۰",
    ),
    (
        "a service a day after the approval ended",
        "بدون مجوز کمیسیون",
        "مجوز طرح درمان ۱ تا ۱۴۰۲/۰۹/۱۳ اعتبار داشت و خدمت در ۱۴۰۲/۰۹/۱۴، پس از پایان آن، "
        "انجام شده است.",
        "۱ × ۱۲۰٬۰۰۰٬۰۰۰ = ۱۲۰٬۰۰۰٬۰۰۰",
    ),
    (
        "orthodontics of the other jaw",
        "بیش از مجوز کمیسیون",
        "مجوز طرح درمان ۱ در ۱۴۰۲/۰۹/۱۰ برای ۵۰۹ فک بالا است، نه ۵۰۹ فک پایین.",
        "۱ × ۵۰٬۰۰۰٬۰۰۰ = ۵۰٬۰۰۰٬۰۰۰",
    ),
    (
        "the approved unit billed in an earlier case",
        "بیش از مجوز کمیسیون",
        "آنچه طرح درمان ۱ برای ۵۰۴ دندان ۶ پایین چپ (۳۶) مجوز داده، پیش‌تر در پرونده ۹۹۰۷۰۰۰۰۰ آمده "
        "است (خط ۱، ۱۴۰۲/۰۹/۱۲).",
        "۱ × ۱۲۰٬۰۰۰٬۰۰۰ = ۱۲۰٬۰۰۰٬۰۰۰",
    ),
    (
        "a modified unit above its amount",
        "بیش از مجوز کمیسیون",
        "طرح درمان ۱ در ۱۴۰۲/۰۹/۱۰ تا ۳۵٬۰۰۰٬۰۰۰ مجوز دارد؛ مبلغ خط پس از رد تعرفه و اصلاح‌ها "
        "۴۰٬۰۰۰٬۰۰۰ است.",
        "۴۰٬۰۰۰٬۰۰۰ − ۳۵٬۰۰۰٬۰۰۰ = ۵٬۰۰۰٬۰۰۰",
    ),
]


@pytest.mark.parametrize(("name", "heading", "derivation", "figures"), SAID)
def test_the_derivation_is_said_with_numbers_and_dates(name, heading, derivation, figures):
    finding = findings_of(case_named(name))[0]
    assert (title(finding), sentence(finding), expression(finding)) == (
        heading,
        derivation,
        figures,
    )


def test_the_same_in_english():
    use_language("en")
    finding = findings_of(case_named("the re-coded line of the sources"))[0]
    assert title(finding) == "Service code does not fit the patient's age"
    assert expression(finding) == "7,722,000 − 6,290,000 = 1,432,000"
    assert "1402/09/14 is 11 years and 4 months, not under 10" in sentence(finding)
    assert source(finding) == "rule of the insurers' syndicate"


def test_a_whole_number_of_years_has_no_months():
    finding = findings_of(case_named("the tenth birthday is adult"))[0]
    assert "برابر ۱۰ سال است" in sentence(finding)


def test_a_re_code_of_several_units_shows_the_product():
    lines = [{"code": "205", "tooth": 64, "surfaces": "DP", "quantity": 2}]
    claim = build_case({"birth": "1391/05/12", "lines": lines})
    assert expression(find_all(claim, PARAMETERS)[0]) == ("۱۵٬۴۴۴٬۰۰۰ − ۲ × ۶٬۲۹۰٬۰۰۰ = ۲٬۸۶۴٬۰۰۰")


def test_a_capped_amount_shows_what_others_took():
    finding = findings_of(case_named("what is proposed respects what is left"))[1]
    assert expression(finding) == "۳٬۱۸۰٬۰۰۰ − ۱۸۰٬۰۰۰ = ۳٬۰۰۰٬۰۰۰"


def test_every_source_of_the_parameters_has_words():
    named = {need.source for need in (*PARAMETERS.evidence_needs, *PARAMETERS.approval_needs)}
    assert {code for source_codes in named for code in source_codes.split("+")} <= set(SOURCES)
