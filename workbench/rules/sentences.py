"""What a finding says to people, in the language of the page: title, sentence, figures, source.

Amounts carry no unit and nothing is isolated for bidirectional text: the screen does both.
"""

from collections.abc import Callable
from datetime import date

from workbench.i18n import _, language
from workbench.persian.digits import to_persian
from workbench.persian.jalali import format_day
from workbench.persian.rial import format_rial, number
from workbench.rules.finding import Finding, ProposalKind, Severity
from workbench.rules.sentences_approval import places
from workbench.rules.sentences_text import DOCUMENTS, SENTENCES, TITLES, needed_because
from workbench.rules.teeth import describe_tooth

SOURCES: dict[str, Callable[[], str]] = {
    "aspa": lambda: _("insurers' tariff pages (aspa.ir)"),
    "catalogue": lambda: _("catalogue of services"),
    "contract": lambda: _("terms of the contract"),
    "illustrative": lambda: _("illustrative default, editable"),
    "iran_insurance": lambda: _("circulars of Iran Insurance"),
    "iraniansos": lambda: _("list of documents (iraniansos.ir)"),
    "moe": lambda: _("Dana insurance guide (moe.gov.ir)"),
    "portal": lambda: _("questions and answers of the dental centres' portal"),
    "sharif_list": lambda: _("list of dental documents, Sharif University"),
    "syndicate": lambda: _("rule of the insurers' syndicate"),
    "tariff": lambda: _("tariff of the contract on the service date"),
}


def title(finding: Finding) -> str:
    """The name of a finding in a few words: «مغایرت کد خدمت با سن بیمار»."""
    if finding.code == "evidence_missing":
        return DOCUMENTS[_document(finding)].title()
    return TITLES[finding.code]()


def code_title(code: str) -> str:
    """The name of a kind of finding, whatever it speaks of; an unknown code is shown as it is."""
    if code == "evidence_missing":
        return _("A needed document is missing")
    return TITLES[code]() if code in TITLES else code


def sentence(finding: Finding) -> str:
    """How the finding was derived, in one sentence with numbers and Jalali dates."""
    if finding.code == "evidence_missing":
        said = DOCUMENTS[_document(finding)].sentence() + needed_because(finding)
    else:
        said = SENTENCES[finding.code](finding)
    return said.format(**_spoken(finding))


def expression(finding: Finding) -> str:
    """The figures of the amount: ``7,722,000 − 6,290,000 = 1,432,000``; empty where none is."""
    amount_rial = finding.proposal.amount_rial
    if amount_rial == 0:
        return ""
    rial = {key: value for key, value in finding.facts.items() if isinstance(value, int)}
    if finding.severity is Severity.AUTOMATIC:
        product = _product(rial["quantity"], rial["unit_rial"])
        return f"{_rial(rial['cost_rial'])} − {product} = {_rial(amount_rial)}"
    if finding.proposal.kind is ProposalKind.RECODE:
        new = _rial(rial["new_tariff_rial"])
        if rial["quantity"] != 1:
            new = _product(rial["quantity"], rial["new_unit_rial"])
        return f"{_rial(rial['base_rial'])} − {new} = {_rial(amount_rial)}"
    if amount_rial == rial["cost_rial"]:
        return f"{_product(rial['quantity'], rial['unit_price_rial'])} = {_rial(amount_rial)}"
    whole_rial = rial["cost_rial"] if amount_rial == rial["base_rial"] else rial["base_rial"]
    return f"{_rial(whole_rial)} − {_rial(whole_rial - amount_rial)} = {_rial(amount_rial)}"


def source(finding: Finding) -> str:
    """Where the rule comes from; several places are set apart by «؛»."""
    separator = "؛ " if language() == "fa" else "; "
    return separator.join(SOURCES[code]() for code in finding.source.split("+"))


def _document(finding: Finding) -> str:
    """Which document is missing; one that only a changed parameter names is said in general."""
    name = str(finding.facts["key"])
    if name == "during" and finding.proposal.reason == "D19":
        return "during_extra_canal"
    return name if name in DOCUMENTS else "other"


def _spoken(finding: Finding) -> dict[str, str]:
    """The facts as they are said: amounts, days, numbers and codes in the page's digits."""
    spoken = {key: _said(key, value) for key, value in finding.facts.items() if value is not None}
    spoken["line"] = number(finding.line or 0, language())
    spoken["amount"] = _rial(finding.proposal.amount_rial)
    tooth = finding.facts.get("tooth")
    if isinstance(tooth, int):
        spoken["place"] = _(", tooth {tooth}").format(tooth=describe_tooth(tooth, language()))
    else:
        spoken["place"] = ""
    if "age_years" in spoken:
        spoken["age"] = _age(finding)
    return spoken


def _age(finding: Finding) -> str:
    years, months = finding.facts["age_years"], finding.facts["age_months"]
    said = _("{years} years and {months} months") if months else _("{years} years")
    return said.format(years=_said("years", years), months=_said("months", months))


def _said(key: str, value: object) -> str:
    if isinstance(value, date):
        text = format_day(value)
    elif isinstance(value, int) and key.endswith("_rial"):
        return _rial(value)
    elif isinstance(value, tuple) and key.endswith("_places"):
        return places(value)
    else:
        text = str(value)
    return to_persian(text) if language() == "fa" else text


def _rial(amount_rial: int) -> str:
    return format_rial(amount_rial, language())


def _product(quantity: int, unit_rial: int) -> str:
    return f"{number(quantity, language())} × {_rial(unit_rial)}"
