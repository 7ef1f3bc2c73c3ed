"""National codes, IBANs, mobile and medical council numbers; all of them made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.persian.digits import to_persian
from workbench.persian.identifiers import (
    is_iban,
    is_medical_council_number,
    is_national_code,
    make_national_code,
    mask_national_code,
    normalise_email,
    normalise_iban,
    normalise_identifier,
    normalise_mobile,
    normalise_national_code,
)

# 0·10+0·9+0·8+1·7+2·6+3·5+4·4+5·3+6·2 = 77 = 7·11: check digit 0.
CODE = "0001234560"
NINE_DIGITS = st.integers(1, 999_999_999).map("{:09d}".format)
# 0…01 and country 1827 with 00: the check digits are 98 − (… mod 97).
IBAN_DIGITS = f"{1:022d}"
IBAN = f"IR{98 - int(IBAN_DIGITS + '182700') % 97:02d}{IBAN_DIGITS}"


def test_a_national_code_is_completed_by_its_check_digit():
    assert make_national_code("000123456") == CODE
    assert make_national_code("۰۰۰۱۲۳۴۵۶") == CODE


@pytest.mark.parametrize("nine_digits", ["", "12345678", "1234567890", "12345678a"])
def test_a_code_is_made_of_nine_digits_only(nine_digits):
    with pytest.raises(ValueError):
        make_national_code(nine_digits)


@pytest.mark.parametrize("typed", [CODE, "001234560", " ۰۰۰۱۲۳۴۵۶۰ ", "٠٠٠١٢٣٤٥٦٠", "000-123456-0"])
def test_a_national_code_is_read_in_any_digits_and_padded(typed):
    assert normalise_national_code(typed) == CODE


def test_eight_digits_are_padded_by_two():
    code = make_national_code("001000001")
    assert code.startswith("00")
    assert normalise_national_code(code[2:]) == code


@pytest.mark.parametrize("typed", ["", "1234560", "0001234561", "00012345600", "000123456a"])
def test_a_wrong_national_code_is_refused(typed):
    assert not is_national_code(typed)
    with pytest.raises(ValueError):
        normalise_national_code(typed)


@pytest.mark.parametrize("digit", "0123456789")
def test_ten_equal_digits_are_no_national_code(digit):
    assert not is_national_code(digit * 10)


@given(NINE_DIGITS.filter(lambda digits: len(set(digits)) > 1), st.integers(1, 9))
def test_a_made_code_is_valid_and_no_other_check_digit_is(nine_digits, shift):
    code = make_national_code(nine_digits)
    assert is_national_code(code)
    assert normalise_national_code(to_persian(code)) == code
    assert not is_national_code(nine_digits + str((int(code[9]) + shift) % 10))


def test_a_masked_code_shows_three_digits_at_each_end():
    assert mask_national_code("0201234571") == "020****571"
    assert mask_national_code("۰۲۰۱۲۳۴۵۷۱") == "020****571"
    assert mask_national_code("12345") == "*****"


def test_an_iban_is_read_with_spaces_and_any_digits():
    spaced = " ".join(IBAN[n : n + 4] for n in range(0, 26, 4))
    assert normalise_iban(spaced) == IBAN
    assert normalise_iban(to_persian(IBAN.lower())) == IBAN


@pytest.mark.parametrize(
    "typed",
    ["", IBAN[2:], IBAN[:-1], IBAN + "0", "DE" + IBAN[2:], IBAN[:-1] + "2", "IR00" + IBAN_DIGITS],
)
def test_a_wrong_iban_is_refused(typed):
    assert not is_iban(typed)


@pytest.mark.parametrize(
    "typed",
    ["09120000000", "+989120000000", "00989120000000", "۰۹۱۲۰۰۰۰۰۰۰", "0912 000 00-00"],
)
def test_a_mobile_number_is_read(typed):
    assert normalise_mobile(typed) == "09120000000"


@pytest.mark.parametrize("typed", ["", "9120000000", "02120000000", "0912000000", "+971912000000"])
def test_a_wrong_mobile_number_is_refused(typed):
    with pytest.raises(ValueError):
        normalise_mobile(typed)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("desk@Clinic.Example", "desk@clinic.example"),
        (" a.b+c_1@x-y.co.ir ", "a.b+c_1@x-y.co.ir"),
        ("\u200fdesk@clinic.example", "desk@clinic.example"),
    ],
)
def test_an_email_address_is_read(typed, address):
    assert normalise_email(typed) == address


@pytest.mark.parametrize(
    "typed",
    ["", "desk", "desk@", "@clinic.ir", "a@b", "a b@c.ir", "a@b.ir,c@d.ir", "a@b.ir\nBcc: c@d.ir"]
    + [".a@b.ir", "a.@b.ir", "a..b@c.ir", "a@-b.ir", "a@b..ir", "دسک@b.ir", f"a@{'b.' * 130}ir"],
)
def test_a_wrong_email_address_is_refused(typed):
    with pytest.raises(ValueError):
        normalise_email(typed)


def test_a_medical_council_number_has_one_to_eight_digits():
    assert all(map(is_medical_council_number, ["1", "۱۲۳۴۵", " 12345678 "]))
    assert not any(map(is_medical_council_number, ["", "123456789", "د-123", "12 34"]))


def test_an_opaque_identifier_keeps_everything_but_its_digits():
    assert normalise_identifier(" ۱۴۰۲/۱/۱۴/۹/۱۶۵\u200e") == "1402/1/14/9/165"
