"""The pieces of the desk: HTML blocks with every text escaped, and rows of its tables."""

from datetime import datetime, timedelta
from html import escape

from workbench.i18n import _, counted, language
from workbench.persian.rial import isolate
from workbench.persian.rial import number as grouped
from workbench.services.claims.listed import ListedClaim
from workbench.services.desk.desk import DeskView
from workbench.ui import claim_cells as cells
from workbench.ui.format import clock_time, digits, findings_word, listed, ltr, rial, span

STYLE = """<style>
.st-key-desk { flex: none !important; display: grid !important; align-items: start !important;
  grid-template-columns: minmax(0, 1fr) 400px; gap: 16px !important; }
.st-key-desk > * { width: auto !important; min-width: 0 !important; max-width: none !important; }
.st-key-desk_work, .st-key-desk_side { gap: 16px !important; }
.st-key-desk_next { padding: 12px 20px; background: var(--panel); border: 1px solid var(--line);
  border-radius: var(--r2); }
.st-key-desk_next .stButton button { height: 44px; padding: 0 20px; }
.az .facts { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 28px; }
.az .tiles { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 16px; }
.az .side { display: grid; gap: 16px; }
.az .age { margin-bottom: 6px; }
.az .side > section { padding: 14px 16px; }
.az .side .line { display: flex; align-items: center; gap: 8px; min-height: 28px; font-size: 13px; }
@media (max-width: 1500px) { .st-key-desk { grid-template-columns: minmax(0, 1fr) 280px; }
  .az .tiles { gap: 8px; } .az .metric { padding: 10px 12px 8px; } .az .facts { gap: 4px 16px; } }
</style>"""
AGE_TONES = ("waiting", "waiting", "soon", "late")
AGE_FADE = (0.5, 1, 1, 1)


def head(today: str) -> str:
    """The page's title with today's date."""
    return (
        f'{STYLE}<div class="az"><div class="ph"><h1>{escape(_("My desk"))}</h1>'
        f'<span class="mut">{escape(today)}</span></div></div>'
    )


def card_head(title: str, count: int, note: str = "") -> str:
    """The head over a table."""
    said = f'<span class="sp"></span><span class="s12 mut">{escape(note)}</span>' if note else ""
    return (
        f'<div class="az"><div class="row" style="min-height:36px"><h2>{escape(title)}</h2>'
        f'<span class="mut s13">{ltr(count)}</span>{said}</div></div>'
    )


def next_case(view: DeskView, now: datetime) -> str:
    """The most urgent free case, looked at without taking it."""
    claim = view.next_free
    if claim is None:
        said = escape(_("No free case waits. What you hold and what came back is below."))
        return f'<div class="az"><b>{escape(_("All done"))}</b><p class="mut s13">{said}</p></div>'
    lines = counted(claim.line_count, _("{n} line"), _("{n} lines"))
    images = counted(claim.image_count, _("{n} image"), _("{n} images"))
    services = listed(
        (
            cells.services_text(claim),
            lines.format(n=digits(claim.line_count)),
            images.format(n=digits(claim.image_count)),
        )
    )
    finding = (
        findings_word(claim.open_finding_count) if claim.open_finding_count else _("no findings")
    )
    where = listed(isolate(name) for name in (claim.centre_name, claim.insurer_name))
    cost = f"{rial(claim.cost_rial)} {escape(_('rial'))}"
    return f"""<div class="az"><div class="facts"><div><div class="s12 mut">
{escape(_("Most urgent free case"))}</div><div class="row" style="gap:12px">
<span class="s20 w6">{ltr(claim.number)}</span>{time_bar(claim, now)}</div></div>
{_pairs((_("Centre"), escape(where)), (_("Service"), escape(services)))}
{_pairs((_("Cost"), cost), (_("Findings"), escape(finding)))}
</div></div>"""


def time_bar(claim: ListedClaim, now: datetime) -> str:
    """The bar and words of the time left (HTML)."""
    cell = cells.due_cell(claim, now)
    if cell["kind"] != "left":
        return '<span class="mut">–</span>'
    width = round(100 * cell.get("share", 0))
    return (
        f'<span class="tl {cell.get("tone", "")}"><i><b style="width:{width}%"></b></i>'
        f"<span>{escape(cell['text'])}</span></span>"
    )


def tiles(view: DeskView, now: datetime) -> str:
    """The four numbers."""
    waiting = view.waiting
    oldest = (
        _("oldest: {span}").format(span=span(now - waiting.oldest_at)) if waiting.oldest_at else ""
    )
    leases = [each.claim.lease_until_at for each in view.held if each.claim.lease_until_at]
    lease = _("next hold ends {time}").format(time=clock_time(min(leases))) if leases else ""
    late = listed(isolate(name) for name in waiting.overdue_holders)
    held_by = _("held by {names}").format(names=late) if late else ""
    parts = [
        _tile("waiting", _("Waiting and free"), waiting.free_text, oldest),
        _tile("review", _("Held by me"), _count(len(view.held)), lease),
        _tile("returned", _("Came back after remedy"), _count(len(view.came_back)), ""),
        _tile("late", _("Past the deadline"), _count(waiting.overdue), held_by),
    ]
    return f'<div class="az"><div class="tiles">{"".join(parts)}</div></div>'


def _tile(tone: str, label: str, value: str, note: str) -> str:
    return (
        f'<div class="card metric {tone}"><span class="l"><i class="dot"></i>{escape(label)}</span>'
        f'<span class="n">{escape(value)}</span><span class="s12 mut">{escape(note) or "&nbsp;"}'
        "</span></div>"
    )


def side(view: DeskView) -> str:
    """The right hand cards: ages, insurers, my day."""
    cards = _ages(view) + _insurers(view) + _today(view)
    return f'<div class="az"><div class="side">{cards}</div></div>'


def _ages(view: DeskView) -> str:
    titles = (
        _("under 24 hours"),
        _("24 to 48 hours"),
        _("48 to 72 hours"),
        _("over 72 hours"),
    )
    whole = max(1, sum(view.waiting.ages))
    marks = list(zip(AGE_TONES, AGE_FADE, titles, view.waiting.ages, strict=True))
    bar = "".join(
        f'<i class="{tone}" style="width:{100 * n / whole:.2f}%;opacity:{fade}"></i>'
        for tone, fade, _title, n in marks
        if n
    )
    lines = "".join(
        f'<div class="line"><i class="dot {tone}" style="opacity:{fade}"></i>'
        f'<span class="ink2">{escape(title)}</span><span class="sp"></span><b>{_count(n)}</b></div>'
        for tone, fade, title, n in marks
    )
    return _card(_("Age of cases to be assessed"), f'<div class="age">{bar}</div>{lines}')


def _insurers(view: DeskView) -> str:
    rows = view.waiting.by_insurer
    if not rows:
        return ""
    most = rows[0][1]
    lines = "".join(
        f'<div class="line"><span style="width:96px" class="nw">{escape(name)}</span>'
        f'<span class="hbar" style="flex:1"><i style="width:{100 * n / most:.0f}%"></i></span>'
        f"<b>{_count(n)}</b></div>"
        for name, n in rows
    )
    return _card(_("To be assessed, per insurer"), lines)


def _today(view: DeskView) -> str:
    today = view.today
    middle = _duration(today.median_seconds) if today.median_seconds else "–"
    findings = _("{accepted} and {overridden}").format(
        accepted=_count(today.accepted_findings), overridden=_count(today.overridden_findings)
    )
    lines = (
        (_("Finished"), _count(today.finished)),
        (_("Returned"), _count(today.returned)),
        (_("Median time per case"), middle),
        (_("Findings accepted, overridden"), findings),
    )
    rows = "".join(f"<dt>{escape(t)}</dt><dd>{escape(v)}</dd>" for t, v in lines)
    return _card(_("My day"), f'<dl class="kv">{rows}</dl>')


def _duration(seconds: int) -> str:
    return _("under a minute") if seconds < 60 else span(timedelta(seconds=seconds))


def _card(title: str, body: str) -> str:
    return (
        f'<section class="card"><h2 style="margin-bottom:8px!important">{escape(title)}</h2>'
        f"{body}</section>"
    )


def _pairs(*pairs: tuple[str, str]) -> str:
    rows = "".join(f"<dt>{escape(title)}</dt><dd>{value}</dd>" for title, value in pairs)
    return f'<dl class="kv start">{rows}</dl>'


def _count(n: int) -> str:
    return grouped(n, language())
