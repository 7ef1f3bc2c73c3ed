"""Incoming: a zip of an import folder in, a report per row out. Doing it twice changes nothing."""

import re
from datetime import date
from html import escape
from typing import Any

import streamlit as st

from workbench import clock
from workbench.errors import Refused
from workbench.i18n import _
from workbench.services.errors import HAS_LETTERS, sentence
from workbench.services.imports import ImportReport, Outcome, import_archive
from workbench.services.runtime import database, evidence_store
from workbench.ui.components.page_agent import page_agent
from workbench.ui.format import day, digits, ltr, pill
from workbench.ui.page import Context, context, tell
from workbench.ui.presses import undisturbed
from workbench.ui.uploads import no_zip_arrived

FILE, ASKED, REPORT = "incoming.file", "incoming.asked", "incoming.report"
ROWS_SHOWN_MAX = 500
LOOK = """<style>
[data-testid="stFileUploaderDropzone"]:has([data-testid="stFileChip"]) {
  button::after { content: none !important; }
  [data-testid="stBaseButton-borderlessIcon"] { display: none; }
}
</style>"""
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
TONES = {Outcome.LANDED: "approved", Outcome.UNCHANGED: "waiting", Outcome.REFUSED: "late"}


def incoming_page() -> None:
    """Choose a zip, bring it in, read what landed and why the rest did not."""
    asking = context()
    title = escape(_("Incoming"))
    st.html(f'{LOOK}<div class="az"><div class="ph"><h1>{title}</h1></div></div>')
    st.html(
        '<div class="az mut s13">{}</div>'.format(
            escape(
                _(
                    "A zip with one file of JSON Lines per kind and a folder “evidence”. Rows that"
                    " cannot be taken are named and skipped; sending it again changes nothing."
                )
            )
        )
    )
    with st.form("incoming", border=False, clear_on_submit=True):
        st.file_uploader(_("Import file (zip)"), type=["zip"], key=FILE)
        st.html(no_zip_arrived(st.get_option("server.maxUploadSize")))
        st.form_submit_button(_("Bring it in"), key="b_import", type="primary", on_click=_ask)
    below = st.empty()
    if ASKED in st.session_state:
        with undisturbed():
            below.empty()  # the report of the file before is not this one's
            _bring_in(asking, st.session_state.pop(ASKED))
    said = st.session_state.get(REPORT)
    if said is not None:
        below.html(_problem(said) if isinstance(said, str) else _table(*said))
    page_agent("agent", {}, lambda: None)


def _ask() -> None:
    """The form lets go of its file after the press: it is kept here till it is brought in."""
    st.session_state[ASKED] = st.session_state[FILE]


def _bring_in(asking: Context, chosen: Any) -> None:
    if chosen is None:
        tell("refused", _("Choose a zip file first."))
        return
    st.session_state[REPORT] = None
    bar = st.progress(0.0, text=_("Reading the file…"))

    def show(kind: str, done: int, whole: int) -> None:
        said = _("{kind}: {done} of {whole} rows")
        text = said.format(kind=_kind(kind), done=digits(done), whole=digits(whole))
        bar.progress(min(1.0, done / max(1, whole)), text=text)

    try:
        report = import_archive(
            database(),
            evidence_store(),
            chosen.getvalue(),
            actor=asking.actor,
            now=clock.now(),
            on_progress=show,
        )
    except Refused as refused:
        st.session_state[REPORT] = sentence(refused)
        return
    finally:
        bar.empty()
    st.session_state[REPORT] = (chosen.name, _rows_of(report))


def _problem(sentence: str) -> str:
    """Why the whole file was refused, where its report would stand."""
    return f'<div class="az"><div class="bad-note" role="alert">{escape(sentence)}</div></div>'


def _rows_of(report: ImportReport) -> list[tuple[str, int, str, str, str]]:
    """Kind, line, key, outcome and the sentences; refused rows first."""
    ordered = sorted(report.rows, key=lambda row: row.outcome is not Outcome.REFUSED)
    return [
        (
            row.kind,
            row.line_number,
            row.key,
            str(row.outcome),
            row.sentence,
        )
        for row in ordered
    ]


def _table(file: str, rows: list[tuple[str, int, str, str, str]]) -> str:
    counts = " · ".join(
        f"{escape(_outcome(outcome))} {digits(sum(row[3] == outcome for row in rows))}"
        for outcome in Outcome
    )
    heads = (_("Kind"), _("Line of the file"), _("Key"), _("Outcome"), _("Why"))
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "".join(
        f"<tr><td>{escape(_kind(kind))}</td><td>{ltr(line or '–')}</td><td>{_key(kind, key)}</td>"
        f"<td>{pill(TONES[Outcome(outcome)], _outcome(outcome))}</td>"
        f'<td class="wrap">{escape(why)}</td></tr>'
        for kind, line, key, outcome, why in rows[:ROWS_SHOWN_MAX]
    )
    more = len(rows) - ROWS_SHOWN_MAX
    rest = (
        f'<p class="mut s13">{escape(_("… and {n} more rows").format(n=digits(more)))}</p>'
        if more > 0
        else ""
    )
    return (
        f'<div class="az card"><header><h2>{escape(_("Report"))}</h2>'
        f'<bdi class="ink2" dir="ltr">{escape(file)}</bdi>'
        f'<span class="sp"></span><span class="c">{counts}</span></header>'
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{rest}</div>"
    )


def _key(kind: str, key: str) -> str:
    """The parts of a row's key (HTML): days in our calendar, codes with letters as written."""
    parts = [part for part in key.split("|") if part not in ("", "None")]
    if kind == "tariffs":
        parts = [_tariff_words().get(part, part) for part in parts]
    return " · ".join(f"<bdi>{escape(_part(part))}</bdi>" for part in parts)


def _part(part: str) -> str:
    if ISO_DAY.fullmatch(part):
        return day(date.fromisoformat(part))
    return part if HAS_LETTERS.search(part) else digits(part)


def _tariff_words() -> dict[str, str]:
    return {
        "True": _("contracted"),
        "False": _("not contracted"),
        "general": _("general dentist"),
        "specialist": _("specialist"),
    }


def _outcome(outcome: str) -> str:
    return {
        Outcome.LANDED: _("landed"),
        Outcome.UNCHANGED: _("unchanged"),
        Outcome.REFUSED: _("refused"),
    }[Outcome(outcome)]


def _kind(kind: str) -> str:
    return {
        "insurers": _("insurer"),
        "policyholders": _("policyholder"),
        "centres": _("centre"),
        "dentists": _("dentist"),
        "services": _("service"),
        "tariffs": _("tariff"),
        "coefficients": _("coefficient"),
        "contracts": _("contract"),
        "people": _("person"),
        "memberships": _("membership"),
        "referrals": _("referral letter"),
        "batches": _("batch"),
        "plans": _("treatment plan"),
        "claims": _("claim"),
        "resubmissions": _("re-submission"),
        "files": _("file"),
    }.get(kind, kind)
