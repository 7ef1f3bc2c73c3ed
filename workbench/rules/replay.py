"""A frozen round computed again: the same findings and the same money, or what has drifted."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from workbench.errors import Refused
from workbench.rules.document import thaw
from workbench.rules.facts import Case
from workbench.rules.lines import case_money
from workbench.rules.parameters import Parameters
from workbench.rules.plain import to_plain
from workbench.rules.rulebook import find_all, states_of

PAYABLE = "payable_rial"


class DriftKind(StrEnum):
    """What differs: the document cannot be read, its findings, what became of them, its money."""

    DOCUMENT = "document"
    FINDINGS = "findings"
    STATES = "states"
    MONEY = "money"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One difference between a frozen round and the same facts computed today.

    ``rules``: the codes of the findings that differ, or the columns of the money.
    ``difference_rial``: payable today less payable then.
    """

    kind: DriftKind
    rules: tuple[str, ...] = ()
    difference_rial: int = 0


def drifts_of(document: Mapping[str, Any], parameters: Parameters) -> tuple[Drift, ...]:
    """What comes out otherwise today, with the parameters that were frozen; nothing if all agrees.

    The facts are those of the document: what was known then, whatever has become known since.
    """
    try:
        return tuple(_drifts(document, thaw(document), parameters))
    except (Refused, KeyError, TypeError, ValueError, AssertionError) as error:
        return (Drift(kind=DriftKind.DOCUMENT, rules=(type(error).__name__,)),)


def _drifts(document: Mapping[str, Any], case: Case, parameters: Parameters) -> list[Drift]:
    findings = find_all(case, parameters)
    drifts = []
    plain = to_plain(findings)
    if plain != document["findings"]:
        rules = _codes_that_differ(document["findings"], plain)
        drifts.append(Drift(kind=DriftKind.FINDINGS, rules=rules))
    states = {key: state.value for key, state in states_of(case, findings).items()}
    if states != document["states"]:
        both = states.items() ^ document["states"].items()
        rules = tuple(sorted({key.split("@")[0] for key, _state in both}))
        drifts.append(Drift(kind=DriftKind.STATES, rules=rules))
    money, then = to_plain(case_money(case)), document["money"]
    if money != then:
        columns = tuple(name for name in money if money[name] != then.get(name))
        difference_rial = money[PAYABLE] - then[PAYABLE]
        drifts.append(Drift(kind=DriftKind.MONEY, rules=columns, difference_rial=difference_rial))
    return drifts


def _codes_that_differ(then: list[Any], now: list[Any]) -> tuple[str, ...]:
    """The rules whose findings are not the same; of two orders all of them."""
    differing = [each for each in then if each not in now] + [
        each for each in now if each not in then
    ]
    return tuple(sorted({each["code"] for each in differing or now}))
