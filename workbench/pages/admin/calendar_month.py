"""A Jalali month as a grid of weeks, Saturday first: each day by colour, word and name."""

from collections.abc import Sequence
from datetime import date
from html import escape

from workbench.i18n import _
from workbench.pages.admin.calendar_words import TONES, day_of_month, kind_word, weekday_word
from workbench.rules.working_time import weekday_of
from workbench.services.calendar.view import DayView
from workbench.ui.format import digits

DAYS = 7
LOOK = """<style>
.az .month { table-layout: fixed; }
.az .month th { text-align: start; }
.az .month td { height: 84px; padding: 6px 8px; vertical-align: top; white-space: normal;
  border: 1px solid var(--line); background: var(--panel); }
.az .month td[class] { background: var(--b, var(--panel)); }
.az .month td.none { background: var(--canvas); }
.az .month td.today { box-shadow: inset 0 0 0 2px var(--accent); }
.az .month .no { display: flex; justify-content: space-between; align-items: baseline; gap: 4px; }
.az .month .no b { font-size: var(--t16); }
.az .month .kind { font-size: var(--t12); color: var(--k, var(--ink3)); font-weight: 500; }
.az .month .name { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2;
  overflow: hidden; font-size: var(--t12); line-height: 1.35; color: var(--ink); }
</style>"""


def month_grid(days: Sequence[DayView], today: date, label: str) -> str:
    """The month (HTML); cells before its first and after its last day are empty."""
    heads = "".join(f'<th scope="col">{escape(weekday_word(n))}</th>' for n in range(DAYS))
    before = weekday_of(days[0].on)
    cells = ['<td class="none"></td>'] * before
    cells += [_cell(day, today) for day in days]
    cells += ['<td class="none"></td>'] * (-len(cells) % DAYS)
    rows = "".join(
        f"<tr>{''.join(cells[start : start + DAYS])}</tr>" for start in range(0, len(cells), DAYS)
    )
    return (
        f'{LOOK}<div class="az panel"><table class="month" aria-label="{escape(label)}">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _cell(day: DayView, today: date) -> str:
    is_today = day.on == today
    classes = " ".join(filter(None, (TONES[day.kind], "today" if is_today else "")))
    mark = f'<span class="s12 kc">{escape(_("today"))}</span>' if is_today else ""
    name = escape(day.name)
    return (
        f'<td class="{classes or "plain"}" title="{name}">'
        f'<div class="no"><b>{digits(day_of_month(day.on))}</b>{mark}</div>'
        f'<div class="kind">{escape(kind_word(day.kind))}</div>'
        f'<div class="name">{name}</div></td>'
    )
