"""National codes, IBANs, mobile and medical council numbers, e-mail addresses.

Every function takes all three families of digits and returns Latin ones.
"""

import re

from workbench.persian.digits import drop_direction_marks, to_ascii

_NATIONAL_CODE = re.compile(r"[0-9]{8,10}")
_NINE_DIGITS = re.compile(r"[0-9]{9}")
_IBAN = re.compile(r"IR[0-9]{24}")
_MOBILE = re.compile(r"(?:\+98|0098|0)(9[0-9]{9})")
_EMAIL = re.compile(
    r"[A-Za-z0-9._%+\-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
)
_EMAIL_LETTERS_MAX = 254
_MEDICAL_COUNCIL = re.compile(r"[0-9]{1,8}")
_SPACES_AND_HYPHENS = re.compile(r"[\s\-]")


def normalise_identifier(text: str) -> str:
    """An opaque identifier as it is stored: Latin digits, no spaces around it, no hidden marks."""
    return to_ascii(drop_direction_marks(text)).strip()


def _compact(text: str) -> str:
    return _SPACES_AND_HYPHENS.sub("", normalise_identifier(text))


def _check_digit(nine_digits: str) -> int:
    total = sum(int(digit) * (10 - place) for place, digit in enumerate(nine_digits))
    remainder = total % 11
    return remainder if remainder < 2 else 11 - remainder


def normalise_national_code(text: str) -> str:
    """Ten digits, eight or nine padded on the left; a wrong code is a ``ValueError``."""
    compact = _compact(text)
    if not _NATIONAL_CODE.fullmatch(compact):
        raise ValueError("a national code has eight to ten digits")
    code = compact.zfill(10)
    if len(set(code)) == 1:
        raise ValueError("the digits of a national code are not all equal")
    if _check_digit(code[:9]) != int(code[9]):
        raise ValueError("the check digit of the national code is wrong")
    return code


def is_national_code(text: str) -> bool:
    """Whether the text is a national code that could have been issued."""
    try:
        normalise_national_code(text)
    except ValueError:
        return False
    return True


def make_national_code(nine_digits: str) -> str:
    """Ten digits: the nine given and their check digit; for made-up people in tests and demos."""
    digits = to_ascii(nine_digits)
    if not _NINE_DIGITS.fullmatch(digits):
        raise ValueError("nine digits are needed")
    return normalise_national_code(f"{digits}{_check_digit(digits)}")


def mask_national_code(code: str) -> str:
    """The code with its middle hidden, ``020****571``; anything else is hidden altogether."""
    digits = to_ascii(code)
    if len(digits) != 10:
        return "*" * len(digits)
    return f"{digits[:3]}****{digits[-3:]}"


def normalise_iban(text: str) -> str:
    """``IR`` and 24 digits, modulo 97 = 1; a wrong one is a ``ValueError``."""
    iban = _compact(text).upper()
    if not _IBAN.fullmatch(iban):
        raise ValueError("an Iranian IBAN is IR and 24 digits")
    if int(f"{iban[4:]}1827{iban[2:4]}") % 97 != 1:  # I = 18, R = 27 (ISO 13616)
        raise ValueError("the check digits of the IBAN are wrong")
    return iban


def is_iban(text: str) -> bool:
    """Whether the text is a correct Iranian IBAN, spaces allowed."""
    try:
        normalise_iban(text)
    except ValueError:
        return False
    return True


def normalise_mobile(text: str) -> str:
    """``09`` and nine digits, from the 09…, +98… and 0098… forms; else a ``ValueError``."""
    match = _MOBILE.fullmatch(_compact(text))
    if match is None:
        raise ValueError("a mobile number is 09 and nine digits")
    return f"0{match[1]}"


def normalise_email(text: str) -> str:
    """An address as ``name@host.tld``, its host in small letters; else a ``ValueError``."""
    address = normalise_identifier(text)
    name, _at, host = address.rpartition("@")
    is_shaped = _EMAIL.fullmatch(address) is not None and len(address) <= _EMAIL_LETTERS_MAX
    if not is_shaped or name.startswith(".") or name.endswith(".") or ".." in name:
        raise ValueError("an e-mail address is a name, an @ and a host")
    return f"{name}@{host.lower()}"


def is_medical_council_number(text: str) -> bool:
    """Whether the text is a medical council number: one to eight digits."""
    return _MEDICAL_COUNCIL.fullmatch(normalise_identifier(text)) is not None
