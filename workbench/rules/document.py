"""The document of a finished round: the complete facts, so that it can be computed again alone."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from workbench.rules.facts import Case
from workbench.rules.finding import Finding
from workbench.rules.money import CaseMoney
from workbench.rules.parameters import Parameters
from workbench.rules.plain import from_plain, to_plain
from workbench.rules.rulebook import states_of

FORMAT = 1

PARAMETERS_MARK = '"parameters":'
KNOWN_MAX = 64

RULES_FOLDER = Path(__file__).parent

WORDING = "sentences"
"""Modules of this name start say findings in words and decide nothing."""


def freeze(
    case: Case, findings: tuple[Finding, ...], money: CaseMoney, parameters: Parameters
) -> dict[str, Any]:
    """The JSON-ready document of a round: facts, values of the parameters, findings, result."""
    return {
        "format": FORMAT,
        "rules_hash": rules_hash(),
        "case": to_plain(case),
        "parameters": _plain_parameters(parameters),
        "findings": to_plain(findings),
        "states": {key: state.value for key, state in states_of(case, findings).items()},
        "money": to_plain(money),
    }


@cache
def _plain_parameters(parameters: Parameters) -> Any:
    """The same values for every document: they are most of it."""
    return to_plain(parameters)


def thaw(document: Mapping[str, Any]) -> Case:
    """The facts of a frozen round; another format is an AssertionError."""
    assert document["format"] == FORMAT, document["format"]
    return from_plain(Case, document["case"])


def thaw_parameters(document: Mapping[str, Any]) -> Parameters:
    """The values of the parameters as they stood when the round was frozen."""
    return from_plain(Parameters, document["parameters"])


def thaw_findings(document: Mapping[str, Any]) -> tuple[Finding, ...]:
    """The findings as they were then, whatever today's rules would say."""
    return tuple(from_plain(Finding, finding) for finding in document["findings"])


def thaw_money(document: Mapping[str, Any]) -> CaseMoney:
    """The money as it was settled."""
    return from_plain(CaseMoney, document["money"])


class DocumentReader:
    """Reads the texts of many documents; the parameters, alike in most of them, only once."""

    def __init__(self) -> None:
        self._known: dict[str, Parameters] = {}

    def read(self, text: str) -> tuple[dict[str, Any], Parameters]:
        """A document without its parameters, and these; raises ValueError where it is none."""
        start = text.index(PARAMETERS_MARK) + len(PARAMETERS_MARK)
        start += text[start : start + 1] == " "
        known = next((each for each in self._known if text.startswith(each, start)), None)
        if known is None:
            known = self._learn(text, start)
        rest = text[start + len(known) :]
        document: dict[str, Any] = json.loads(f"{text[:start]}null{rest}")
        return document, self._known[known]

    def _learn(self, text: str, start: int) -> str:
        plain, end = json.JSONDecoder().raw_decode(text, start)
        if len(self._known) >= KNOWN_MAX:
            self._known.clear()
        self._known[text[start:end]] = from_plain(Parameters, plain)
        return text[start:end]


def document_hash(document: Mapping[str, Any]) -> str:
    """SHA-256 in hex over the canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def rules_hash(folder: Path = RULES_FOLDER) -> str:
    """SHA-256 in hex over the rule sources and parameters; their wording is left out."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".py", ".toml") and not path.name.startswith(WORDING):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()
