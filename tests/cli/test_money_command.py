"""``money``: the contract of the command line, to the letter."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from workbench.cli.money_input import deduction_reasons

ROOT = Path(__file__).parents[2]
LINE = {"cost_rial": 7722000, "tariff_rial": None, "deductions": []}
CONTRACT = {
    "franchise_percent": 10,
    "available_ceiling_rial": 40000000,
    "lines": [LINE | {"deductions": [{"reason": "D03", "amount_rial": 1432000}]}],
}
EXPECTED_LINE = {
    "cost_rial": 7722000,
    "tariff_reject_rial": 0,
    "technical_deduction_rial": 1432000,
    "patient_share_rial": 629000,
    "technical_approval_rial": 5661000,
}
with (ROOT / "tests" / "cases" / "golden_money.csv").open() as file:
    GOLDEN = [row for row in csv.DictReader(file) if row["franchise_percent"]]


def test_the_example_of_the_contract(command: Command, tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text(json.dumps(CONTRACT))
    expected = {"lines": [EXPECTED_LINE], **EXPECTED_LINE}
    expected |= {"ceiling_reject_rial": 0, "payable_rial": 5661000}
    for arguments in (("money", str(tmp_path / "case.json")), ("money", "-")):
        given = json.dumps(CONTRACT) if arguments[1] == "-" else ""
        for option in ((), ("--json",)):
            ran = command(*arguments, *option, given=given)
            assert (ran.code, ran.error) == (0, "")
            assert ran.json == expected
            assert (len(ran.out.splitlines()) == 1) is bool(option)


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row["row"])
def test_the_golden_rows(command: Command, row: dict[str, str]) -> None:
    deduction = {"reason": "D03", "amount_rial": int(row["technical_deduction"])}
    case = {
        "franchise_percent": int(row["franchise_percent"]),
        "available_ceiling_rial": int(row["payable"]) if int(row["ceiling_reject"]) else None,
        "lines": [{"cost_rial": int(row["cost"]), "tariff_rial": None, "deductions": [deduction]}],
    }
    money = command("money", "-", "--json", given=json.dumps(case)).json
    for name in ("patient_share", "technical_approval", "ceiling_reject", "payable"):
        assert money[f"{name}_rial"] == int(row[name]), name


def test_a_tariff_rejects_what_exceeds_it(command: Command) -> None:
    case = CONTRACT | {"lines": [LINE | {"tariff_rial": 6290000}, LINE | {"tariff_rial": 9000000}]}
    money = command("money", "-", "--json", given=json.dumps(case)).json
    assert [line["tariff_reject_rial"] for line in money["lines"]] == [1432000, 0]


def test_two_decimals_of_a_percent_are_taken(command: Command) -> None:
    case = CONTRACT | {"franchise_percent": 12.25, "lines": [LINE | {"cost_rial": 1000000}]}
    money = command("money", "-", "--json", given=json.dumps(case)).json
    assert (money["patient_share_rial"], money["payable_rial"]) == (122500, 877500)


def test_absent_keys_mean_null_and_empty(command: Command) -> None:
    case = {"franchise_percent": 0, "lines": [{"cost_rial": 15}]}
    money = command("money", "-", "--json", given=json.dumps(case)).json
    assert (money["technical_approval_rial"], money["payable_rial"]) == (15, 20)


def changed(**keys: object) -> str:
    return json.dumps(CONTRACT | keys)


def with_line(**keys: object) -> str:
    return changed(lines=[LINE, LINE | keys])


def deducted(reason: object, amount_rial: object) -> str:
    return with_line(deductions=[{"reason": reason, "amount_rial": amount_rial}])


REFUSED = {
    "no JSON": ("{", "JSON"),
    "not an object": ("[]", "object"),
    "nothing": ("", "JSON"),
    "bytes that are no text": ("\udcff", "JSON"),
    "deep nesting": ("[" * 100_000, "JSON"),
    "not a number": (changed(available_ceiling_rial=float("nan")), "NaN"),
    "unknown key": (changed(ceiling=1), "ceiling"),
    "unknown key of a line": (with_line(discount_rial=1), "lines[1]"),
    "unknown key of a deduction": (
        with_line(deductions=[{"reason": "D03", "amount_rial": 1, "text": ""}]),
        "lines[1].deductions[0]",
    ),
    "key twice": ('{"franchise_percent": 1, "franchise_percent": 2, "lines": []}', "twice"),
    "no franchise": ('{"available_ceiling_rial": null, "lines": [{"cost_rial": 1}]}', "missing"),
    "no lines": (changed(lines=[]), "at least one line"),
    "lines no list": (changed(lines={}), "list"),
    "line no object": (changed(lines=[7]), "lines[0]"),
    "no cost": (changed(lines=[{"tariff_rial": 1}]), "cost_rial"),
    "fraction of a rial": (with_line(cost_rial=0.5), "lines[1].cost_rial"),
    "fraction of a ceiling": (changed(available_ceiling_rial=1.5), "available_ceiling_rial"),
    "fraction of a deduction": (deducted("D03", 1.5), "lines[1].deductions[0].amount_rial"),
    "amount as text": (with_line(cost_rial="7722000"), "lines[1].cost_rial"),
    "amount true": (with_line(cost_rial=True), "lines[1].cost_rial"),
    "negative cost": (with_line(cost_rial=-1), "negative"),
    "negative tariff": (with_line(tariff_rial=-1), "negative"),
    "negative deduction": (deducted("D03", -1), "negative"),
    "negative ceiling": (changed(available_ceiling_rial=-1), "negative"),
    "franchise of three decimals": (changed(franchise_percent=10.125), "decimals"),
    "franchise above 100": (changed(franchise_percent=100.01), "between"),
    "franchise below 0": (changed(franchise_percent=-1), "between"),
    "franchise as text": (changed(franchise_percent="10"), "number"),
    "franchise null": (changed(franchise_percent=None), "number"),
    "unknown reason": (deducted("D98", 1), "D98"),
    "reason of a return": (deducted("R01", 1), "R01"),
    "reason empty": (deducted("", 1), "reason"),
    "reason null": (deducted(None, 1), "reason"),
    "no reason": (with_line(deductions=[{"amount_rial": 1}]), "reason"),
    "ceiling reject typed": (deducted("D17", 1), "D17"),
    "tariff reject typed": (deducted("D18", 1), "D18"),
    "deduction above what is left": (deducted("D03", 7722001), "lines[1]"),
    "deduction above the tariff": (
        with_line(tariff_rial=10, deductions=[{"reason": "D03", "amount_rial": 11}]),
        "lines[1]",
    ),
    "deductions together above what is left": (
        with_line(deductions=[{"reason": "D03", "amount_rial": 4000000}] * 2),
        "lines[1]",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("option", [(), ("--json",)], ids=["plain", "json"])
def test_what_is_refused(command: Command, tmp_path: Path, name: str, option: tuple[str]) -> None:
    text, said = REFUSED[name]
    (tmp_path / "bad.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert said in command("money", str(tmp_path / "bad.json"), *option).complaint


def test_a_file_that_is_not_there(command: Command, tmp_path: Path) -> None:
    assert "nowhere.json" in command("money", str(tmp_path / "nowhere.json")).complaint
    assert "cannot be read" in command("money", str(tmp_path)).complaint


def test_no_file_at_all(command: Command) -> None:
    assert "file" in command("money").complaint


def test_every_reason_that_may_be_typed_is_taken(command: Command) -> None:
    assert {"D01", "D03", "D99"} <= deduction_reasons()
    for reason in sorted(deduction_reasons()):
        assert command("money", "-", "--json", given=deducted(reason, 10)).code == 0


def test_it_answers_in_persian_where_the_terminal_is(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "fa_IR.UTF-8")
    assert "سطر" in command("money", "-", given=changed(lines=[])).complaint


def test_it_starts_without_what_it_does_not_need() -> None:
    """What takes long to load stays out, so that a script may call it for every case."""
    program = (
        "import sys; from workbench.cli.program import run; code = run(['money', '-']);"
        "heavy = {'sqlalchemy', 'streamlit', 'pandas', 'numpy', 'PIL', 'holidays'};"
        "print(code, sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(CONTRACT).encode(),
        capture_output=True,
        cwd=ROOT,
        check=True,
    )
    assert ended.stderr.decode().strip() == "0 []"
    assert json.loads(ended.stdout)["payable_rial"] == 5661000
