"""The types of the fields of an import file: any digits, Jalali or Gregorian days, whole rials."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from workbench.persian.digits import parse_amount, to_ascii
from workbench.persian.identifiers import (
    is_medical_council_number,
    normalise_email,
    normalise_identifier,
    normalise_mobile,
    normalise_national_code,
)
from workbench.persian.jalali import TEHRAN, parse_day, parse_instant
from workbench.rules.teeth import Tooth, parse_surfaces, parse_tooth

FIRST_GREGORIAN_YEAR = 1871  # years before it are Jalali ones
AMOUNT_MAX = 10**15
_GREGORIAN = re.compile(r"(18[7-9]\d|19\d\d|20\d\d)[-/](\d{1,2})[-/](\d{1,2})")
_DIGIT = "[0-9۰-۹٠-٩]"
_DAY_PATTERN = rf"^({_DIGIT}{{4}}[/\-.]{_DIGIT}{{1,2}}[/\-.]{_DIGIT}{{1,2}}|{_DIGIT}{{8}})$"


def _wrong(code: str, value: object) -> PydanticCustomError:
    return PydanticCustomError("workbench", "{code}", {"code": code, "value": str(value)[:80]})


def _text_of(code: str, value: object) -> str:
    if not isinstance(value, str):
        raise _wrong(code, value)
    return normalise_identifier(value)


def _day(value: object) -> date:
    text = _text_of("day_wrong", value)
    try:
        if match := _GREGORIAN.fullmatch(text):
            return date(int(match[1]), int(match[2]), int(match[3]))
        return parse_day(text)
    except ValueError as error:
        raise _wrong("day_wrong", value) from error


def _instant(value: object) -> datetime:
    """``1402/09/14 10:30`` in Tehran, or an ISO instant with its offset."""
    text = _text_of("instant_wrong", value)
    try:
        if not _GREGORIAN.match(text):
            return parse_instant(text)
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise _wrong("instant_wrong", value) from error
    zoned = instant if instant.tzinfo else instant.replace(tzinfo=TEHRAN)
    return zoned.astimezone(UTC)


def _whole(code: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise _wrong(code, value)
    try:
        number = value if isinstance(value, int) else parse_amount(value)
    except ValueError as error:
        raise _wrong(code, value) from error
    if not 0 <= number < AMOUNT_MAX:
        raise _wrong(code, value)
    return number


def _rial(value: object) -> int:
    return _whole("amount_wrong", value)


def _count(value: object) -> int:
    return _whole("number_wrong", value)


def _percent_basis(value: object) -> int:
    """Percent with up to two decimals, as basis points."""
    text = to_ascii(str(value)).replace("٫", ".").strip()
    match = re.fullmatch(r"(\d{1,3})(?:\.(\d{1,2}))?", text)
    if isinstance(value, bool) or match is None:
        raise _wrong("percent_wrong", value)
    basis = int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0"))
    if basis > 10_000:
        raise _wrong("percent_wrong", value)
    return basis


def _national_code(value: object) -> str:
    try:
        return normalise_national_code(_text_of("national_code_wrong", value))
    except ValueError as error:
        raise _wrong("national_code_wrong", value) from error


def _mobile(value: object) -> str:
    try:
        return normalise_mobile(_text_of("mobile_wrong", value))
    except ValueError as error:
        raise _wrong("mobile_wrong", value) from error


def _email(value: object) -> str:
    try:
        return normalise_email(_text_of("email_wrong", value))
    except ValueError as error:
        raise _wrong("email_wrong", value) from error


def _or_nothing(check: Callable[[object], str]) -> Callable[[object], str]:
    """The check, for a field that may be empty."""
    return lambda value: "" if value == "" else check(value)


def _council(value: object) -> str:
    text = _text_of("medical_council_number_wrong", value)
    if not is_medical_council_number(text):
        raise _wrong("medical_council_number_wrong", value)
    return text


def _tooth(value: object) -> int:
    """FDI, or as people write it: ``U/LC``, «۶ پایین چپ»."""
    try:
        if isinstance(value, int) and not isinstance(value, bool):
            return Tooth(value).fdi
        return parse_tooth(_text_of("tooth_wrong", value)).fdi
    except ValueError as error:
        raise _wrong("tooth_wrong", value) from error


def _surfaces(value: object) -> str:
    text = _text_of("surfaces_wrong", value)
    try:
        return parse_surfaces(text) if text else ""
    except ValueError as error:
        raise _wrong("surfaces_wrong", value) from error


def _file_name(value: str) -> str:
    if value in (".", "..") or re.search(r"[/\\\x00-\x1f]", value) or ":" in value:
        raise _wrong("file_name_wrong", value)
    return value


def _digits_of(code: str, length: int) -> Any:
    def check(value: object) -> str:
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        digits = _text_of(code, text)
        if not re.fullmatch(rf"[0-9]{{{length}}}", digits):
            raise _wrong(code, value)
        return digits

    return check


def _digits(code: str, length: int) -> Any:
    schema = {"type": "string", "pattern": rf"^{_DIGIT}{{{length}}}$"}
    return Annotated[str, BeforeValidator(_digits_of(code, length)), WithJsonSchema(schema)]


def _number_schema(**limits: int) -> WithJsonSchema:
    """A whole number, or its text in any digits with separators."""
    return WithJsonSchema({"anyOf": [{"type": "integer", **limits}, {"type": "string"}]})


Code = Annotated[
    str,
    BeforeValidator(lambda value: _text_of("code_wrong", value)),
    StringConstraints(min_length=1, max_length=60, strip_whitespace=True),
]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Text = Annotated[str, StringConstraints(max_length=2_000, strip_whitespace=True)]
Day = Annotated[
    date, BeforeValidator(_day), WithJsonSchema({"type": "string", "pattern": _DAY_PATTERN})
]
Instant = Annotated[
    datetime,
    BeforeValidator(_instant),
    WithJsonSchema({"type": "string", "examples": ["1402/09/14 10:30"]}),
]
Rial = Annotated[int, BeforeValidator(_rial), _number_schema(minimum=0)]
Count = Annotated[int, BeforeValidator(_count), _number_schema(minimum=0)]
PercentBasis = Annotated[
    int,
    BeforeValidator(_percent_basis),
    WithJsonSchema(
        {"anyOf": [{"type": "number", "minimum": 0, "maximum": 100}, {"type": "string"}]}
    ),
]
NationalCode = Annotated[str, BeforeValidator(_national_code), WithJsonSchema({"type": "string"})]
Mobile = Annotated[str, BeforeValidator(_mobile), WithJsonSchema({"type": "string"})]
MaybeMobile = Annotated[
    str, BeforeValidator(_or_nothing(_mobile)), WithJsonSchema({"type": "string"})
]
MaybeEmail = Annotated[
    str, BeforeValidator(_or_nothing(_email)), WithJsonSchema({"type": "string"})
]
CouncilNumber = Annotated[str, BeforeValidator(_council), WithJsonSchema({"type": "string"})]
ToothNumber = Annotated[int, BeforeValidator(_tooth), _number_schema(minimum=11, maximum=85)]
Surfaces = Annotated[str, BeforeValidator(_surfaces), WithJsonSchema({"type": "string"})]
FileName = Annotated[
    str, StringConstraints(min_length=1, max_length=200), AfterValidator(_file_name)
]
ReferralNumber = _digits("referral_number_wrong", 6)
AcceptanceNumber = _digits("acceptance_number_wrong", 6)
