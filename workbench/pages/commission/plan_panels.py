"""The HTML blocks of the plan page beside its form: units, panel, result. Everything is escaped."""

from collections.abc import Sequence
from html import escape

from workbench.errors import Refused
from workbench.i18n import _, language
from workbench.rules.panel import Choice, Majority, Standing
from workbench.rules.plan_text import planned_text
from workbench.rules.workflow import PlanState
from workbench.services.commission.messages import listed_items
from workbench.services.commission.view import Member, PlannedUnit, PlanView, SeatState, UnitWord
from workbench.services.commission.votes import UnitVote
from workbench.services.commission.words import choice_word, hours_text, result_word
from workbench.services.errors import sentence
from workbench.services.images.cite_words import with_cites
from workbench.ui.format import day, digits, instant, listed, ltr, pill, rial

RESULT_TONES = {"approved": "approved", "partly_approved": "deducted", "rejected": "late"}
CHOICE_TONES = {Choice.APPROVE: "approved", Choice.MODIFY: "returned", Choice.REJECT: "late"}


def units_head(view: PlanView) -> str:
    """What this block is about."""
    title = _("Decided for each unit") if view.outcome is not None else _("Planned services")
    if view.may_vote or view.may_decide:
        title = _("Decision for each unit")
    count = len(view.units)
    word = _("one unit") if count == 1 else _("{n} units")
    said = _("{units}; rial").format(units=word.format(n=digits(count)))
    return (
        f'<div class="az"><div class="row"><h2>{escape(title)}</h2>'
        f'<span class="mut s12">{escape(said)}</span></div></div>'
    )


def unit_head(unit: PlannedUnit) -> str:
    """One unit: where, what, how much was asked, and what was decided."""
    what = planned_text([unit.place], language())
    tooth = f"<b>{ltr(unit.place.tooth)}</b>" if unit.place.tooth else ""
    is_tied = unit.standing is Standing.TIED
    tied = pill("returned", _("a tie")).replace("ic-round", "ic-warning") if is_tied else ""
    wide = "lg-only" if is_tied else ""
    top = (
        f'<div class="row pl-unit">{tooth}<span title="{escape(unit.title)}">{escape(what)}</span>'
        f'{tied}<span class="sp"></span>'
        f'<span class="mut s12 {wide}">{escape(_("requested"))}</span>'
        f"<b>{rial(unit.amount_rial)}</b></div>"
    )
    return f'<div class="az">{top}{_decided(unit)}</div>'


def _decided(unit: PlannedUnit) -> str:
    if unit.choice is None:
        return f'<div class="mut s12">{escape(unit.title)}</div>'
    choice = Choice(unit.choice)
    parts = [choice_pill(choice)]
    if choice is Choice.MODIFY:
        parts.append(f'<span class="s13">{escape(unit.approved_title)}</span>')
    reason = with_cites(unit.reason, unit.cites)
    if reason:
        parts.append(f'<span class="ink2 s13">{escape(reason)}</span>')
    if unit.approved_rial is not None:
        parts.append(f'<span class="sp"></span><b>{rial(unit.approved_rial)}</b>')
    return f'<div class="row wrap">{"".join(parts)}</div>'


def choice_pill(choice: Choice | str) -> str:
    """A choice by tint, icon and word."""
    icons = {Choice.APPROVE: "check", Choice.MODIFY: "tag", Choice.REJECT: "cross"}
    chosen = Choice(choice)
    tone = CHOICE_TONES[chosen]
    return (
        f'<span class="bdg {tone}"><i class="ic ic-{icons[chosen]}"></i>'
        f"{escape(choice_word(chosen))}</span>"
    )


def vote_trouble(unit: PlannedUnit, vote: UnitVote) -> str:
    """Beside the form: why this part of the vote will be refused; empty while it stands."""
    code = None
    if vote.choice is Choice.REJECT and not vote.reason.strip():
        code = "rejection_needs_reason"
    if vote.choice is Choice.MODIFY and not 0 < (vote.changed_rial or 0) <= unit.amount_rial:
        code = "modification_wrong"
    if code is None:
        return ""
    said = sentence(Refused(code, line=unit.number))
    return f'<div class="az"><div class="late kc s12">{escape(said)}</div></div>'


def sums(view: PlanView, votes: Sequence[UnitVote]) -> str:
    """Requested, approved, the difference, and until when an approval holds."""
    asked = sum(unit.amount_rial for unit in view.units)
    approved = _approved_rial(view, votes)
    parts = [_sum(_("requested"), rial(asked))]
    if approved is not None:
        parts.append(_sum(_("approved"), rial(approved, zero=_("zero"))))
        if approved < asked:
            parts.append(_sum(_("less"), rial(asked - approved), "deducted kc"))
    if view.outcome is not None and view.outcome.valid_until_on is not None:
        parts.append(_sum(_("valid until"), ltr(day(view.outcome.valid_until_on))))
    return f'<div class="az pl-sums">{"".join(parts)}</div>'


def _approved_rial(view: PlanView, votes: Sequence[UnitVote]) -> int | None:
    if view.outcome is not None:
        return sum(unit.approved_rial or 0 for unit in view.units)
    if len(votes) < len(view.units):
        return None
    asked = {unit.number: unit.amount_rial for unit in view.units}
    amounts = {
        Choice.APPROVE: lambda vote: asked[vote.unit_number],
        Choice.MODIFY: lambda vote: max(0, vote.changed_rial or 0),
        Choice.REJECT: lambda _vote: 0,
    }
    return sum(amounts[vote.choice](vote) for vote in votes)


def _sum(name: str, value: str, tone: str = "") -> str:
    return f'<span class="{tone}"><span class="mut">{escape(name)}</span> <b>{value}</b></span>'


def panel_head(view: PlanView) -> str:
    """By which rule is voted, and how far it has come."""
    panel = view.panel
    rule = _("majority") if panel.majority is Majority.MORE_THAN_HALF else _("unanimity")
    said = _("{votes} of {seats}, {rule}, quorum {quorum}").format(
        votes=digits(panel.votes), seats=digits(panel.seats), rule=rule, quorum=digits(panel.quorum)
    )
    blind = "" if panel.are_votes_open else f"؛ {_('hidden until the quorum')}"
    blind = blind if language() == "fa" else blind.replace("؛", ";")
    return (
        f'<div class="row"><h2>{escape(_("Votes"))}</h2>'
        f'<span class="mut s12">{escape(said + blind)}</span></div>'
    )


def panel(view: PlanView) -> str:
    """The members with what they did, and with their words once those may be read."""
    rows = "".join(_member(view, member) for member in view.panel.members)
    empty = f'<div class="mut s13">{escape(_("Nobody sits on the panel yet."))}</div>'
    casting = ""
    if view.panel.cast_by is not None:
        name = _("casting vote of {name}").format(name=view.panel.cast_by)
        casting = f'<div class="pl-member"><div class="row"><b>{escape(name)}</b></div>'
        casting += f"{_words(view, view.panel.casting)}</div>"
    ties = ""
    if view.needs_chair and view.outcome is None:
        tied = any(unit.standing is Standing.TIED for unit in view.units)
        said = (
            _("The votes are tied: the chair decides.") if tied else _("Late: the chair decides.")
        )
        ties = f'<div class="warn-note">{escape(said)}</div>'
    return f'<div class="az pl-card">{panel_head(view)}{rows or empty}{casting}{ties}</div>'


def _member(view: PlanView, member: Member) -> str:
    role = _("chair") if member.is_chair else _("reviewer")
    who = _("you") if member.is_reader else role
    words = _words(view, member.words) if member.words else ""
    why = (
        f'<div class="mut s12">{escape(member.replaced_reason)}</div>'
        if member.replaced_reason
        else ""
    )
    return (
        f'<div class="pl-member"><div class="row"><b><bdi>{escape(member.name)}</bdi></b>'
        f'<span class="mut s12">{escape(who)}</span><span class="sp"></span>'
        f"{_seat(view, member)}</div>{words}{why}</div>"
    )


def _seat(view: PlanView, member: Member) -> str:
    if member.state is SeatState.WRITING and view.state != PlanState.SUBMITTED:
        return ""
    if member.state is SeatState.VOTED:
        if member.words is None:
            return pill("waiting", _("voted, hidden")).replace("ic-clock", "ic-lock")
        return pill("approved", _("voted"))
    word = {
        SeatState.WRITING: _("deciding"),
        SeatState.LAPSED: _("seat lapsed"),
        SeatState.REPLACED: _("replaced"),
    }[member.state]
    return pill("review" if member.state is SeatState.WRITING else "waiting", word)


def _words(view: PlanView, words: Sequence[UnitWord]) -> str:
    places = {unit.number: unit.place for unit in view.units}
    rows = []
    for word in words:
        place = places[word.unit_number]
        name = digits(place.tooth) if place.tooth else planned_text([place], language())
        more = [word.changed_title, with_cites(word.reason, word.cites)]
        said = escape(listed(each for each in more if each))
        amount = f" <b>{rial(word.changed_rial)}</b>" if word.changed_rial is not None else ""
        long = " long" if said or amount else ""
        rows.append(
            f'<div class="row s12 pl-word{long}"><bdi>{escape(name)}</bdi>'
            f"{choice_pill(word.choice)}"
            f'<span class="ink2">{said}{amount}</span></div>'
        )
    return f'<div class="pl-words">{"".join(rows)}</div>'


def result(view: PlanView, preview: str) -> str:
    """What centre and insured person read: decided, or as this vote would have it."""
    outcome = view.outcome
    text = outcome.public_text if outcome is not None else preview
    note = _("centre and insured person read this")
    if outcome is None:
        note = _("as your vote would have it")
    head = pill(RESULT_TONES[outcome.result], result_word(outcome.result)) if outcome else ""
    late = ""
    if outcome is not None:
        by = _("{at}, {name}").format(at=instant(outcome.decided_at), name=outcome.decided_by)
        late = f'<div class="mut s12"><bdi>{escape(by)}</bdi></div>'
        if outcome.is_late:
            said = _("Decided late: {reason}").format(reason=outcome.late_reason)
            late += f'<div class="bad-note">{escape(said)}</div>'
    shown = escape(text) if text else f'<span class="mut">{escape(_("nothing chosen yet"))}</span>'
    return (
        f'<div class="az pl-card pl-public"><div class="row"><h2><i class="ic ic-eye"></i> '
        f'{escape(_("Public result"))}</h2>{head}<span class="sp"></span>'
        f'<span class="mut s12">{escape(note)}</span></div>'
        f'<div class="pl-text" dir="auto">{shown}</div>{late}</div>'
    )


def notes(view: PlanView) -> str:
    """What colleagues wrote for each other; visibly apart from what is public."""
    rows = "".join(
        f'<div class="pl-note"><div class="s13">{escape(note.text)}</div><div class="mut s12">'
        f"<bdi>{escape(note.author)}</bdi>{listed(('', ''))}{ltr(instant(note.at))}</div></div>"
        for note in view.notes or ()
    )
    return (
        f'<div class="az pl-card pl-internal"><div class="row"><h2><i class="ic ic-lock"></i> '
        f'{escape(_("Internal notes"))}</h2><span class="sp"></span><span class="mut s12">'
        f"{escape(_('only colleagues; in no file'))}</span></div>{rows}</div>"
    )


def images_head(view: PlanView) -> str:
    """Whether the pack is complete."""
    have = view.pack.asked - len(view.pack.missing)
    numbers = _("{have} of {asked}").format(have=digits(have), asked=digits(view.pack.asked))
    said = _("pack complete, {numbers}").format(numbers=numbers)
    tone = "approved"
    if view.pack.missing:
        names = listed_items(item.name for item in view.pack.missing)
        said, tone = (
            _("{numbers}; missing: {names}").format(numbers=numbers, names=names),
            "returned",
        )
    mark = pill(tone, said).replace("ic-round", "ic-file")
    note = _("all taken before the treatment")
    return (
        f'<div class="az"><div class="row"><h2>{escape(_("Images"))}</h2>{mark}'
        f'<span class="mut s12 lg-only">{escape(note)}</span></div></div>'
    )


def teeth_head() -> str:
    """Whose history the chart shows."""
    note = _("history in all centres, and the units of this plan")
    return (
        f'<div class="az"><div class="row"><h2>{escape(_("Teeth"))}</h2>'
        f'<span class="mut s12">{escape(note)}</span></div></div>'
    )


def bar(view: PlanView) -> str:
    """What the reader has to know before he presses a button."""
    left = digits(hours_text(abs(view.clock.left_hours)))
    if view.outcome is not None:
        said = _("This plan is decided.")
    elif not view.clock.is_running:
        said = _("The clock stands until the centre sends the plan again.")
    else:
        over, rest = (
            _("{hours} working hours over, due {at}"),
            _("{hours} working hours left, due {at}"),
        )
        said = (over if view.clock.left_hours < 0 else rest).format(
            hours=left, at=instant(view.clock.due_at)
        )
    blind = _("Others see your vote only once the quorum is reached.")
    more = f'<span class="mut lg-only">{escape(blind)}</span>' if view.may_vote else ""
    first = f'<span class="w5"><bdi>{escape(said)}</bdi></span>'
    return f'<div class="az"><div class="row">{first}{more}</div></div>'
