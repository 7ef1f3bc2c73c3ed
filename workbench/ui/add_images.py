"""The dialog *Add images* of a case or a treatment plan: new files, or earlier images.

No image bytes stay in the session: what was uploaded is let go as soon as it was taken in, or the
dialog is left. ``session_state`` holds the ids of files only.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from workbench import clock
from workbench.errors import Refused
from workbench.i18n import _, counted
from workbench.rules.image_names import FILMS, kind_of_name, phase_of_name
from workbench.services.errors import sentence
from workbench.services.images.attach_rights import AnyPlace
from workbench.services.images.attaching import Attached, attach_earlier
from workbench.services.images.earlier import Earlier, earlier_images, may_pick
from workbench.services.images.upload import FILES_MAX, MEGABYTES_MAX, Upload, upload_images
from workbench.services.runtime import database, evidence_store
from workbench.ui import image_rows
from workbench.ui.format import digits
from workbench.ui.page import Context, check_acting, tell
from workbench.ui.page import reading as read
from workbench.ui.presses import undisturbed
from workbench.ui.uploads import no_image_arrived

TURN, FILES, REFUSED, ASKED = "add.turn", "add.files", "add.refused", "add.asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where images are added to; ``teeth`` of its treatment; ``leave`` closes the dialog."""

    place: AnyPlace
    teeth: tuple[int, ...]
    leave: Callable[[], None]


def draw_add_images(asking: Context, target: Target) -> None:
    """The dialog's body: two tabs, and above them what was refused the last time.

    Who sees no images has no tab of earlier ones.
    """
    for text in st.session_state.get(REFUSED, []):
        st.html(image_rows.refusal(text))
    if not may_pick(asking.actor, target.place):
        _draw_new(asking, target)
        return
    earlier = read(lambda s: earlier_images(s, asking.actor, target.place, now=asking.now))
    new, old = st.tabs(
        [_("New files"), _("Earlier images of this patient ({n})").format(n=digits(len(earlier)))]
    )
    with new:
        _draw_new(asking, target)
    with old:
        _draw_earlier(asking, target, earlier)


def forget_images() -> None:
    """The dialog is left: the uploader starts anew, and its files are let go."""
    _let_go(st.session_state.pop(FILES, ()))
    st.session_state.pop(REFUSED, None)
    st.session_state[TURN] = _turn() + 1


def _turn() -> int:
    return int(st.session_state.get(TURN, 0))


def _let_go(file_ids: Sequence[str]) -> None:
    """Streamlit keeps the bytes of an upload as long as the session lives, unless told."""
    run = get_script_run_ctx()
    assert run is not None, "only a page has uploads"
    files = run.uploaded_file_mgr
    assert isinstance(files, MemoryUploadedFileManager), "kept otherwise, they may go otherwise"
    for file_id in file_ids:
        files.remove_file(run.session_id, file_id)


def _draw_new(asking: Context, target: Target) -> None:
    turn = _turn()
    chosen = st.file_uploader(
        _("JPEG files, at most {files} at once, {limit} megabytes each").format(
            files=digits(FILES_MAX), limit=digits(MEGABYTES_MAX)
        ),
        type=["jpg", "jpeg"],
        accept_multiple_files=True,
        max_upload_size=MEGABYTES_MAX,
        key=f"add_files_{turn}",
    )
    st.session_state[FILES] = [file.file_id for file in chosen]
    st.html(no_image_arrived(MEGABYTES_MAX))
    with st.container(key="add_rows"):
        for file in chosen:
            kind = kind_of_name(file.name)
            image_rows.draw_row(
                file.file_id,
                image_rows.file_head(file.name, file.size),
                kind=kind,
                phase=phase_of_name(file.name),
                teeth=target.teeth if kind in FILMS and len(target.teeth) == 1 else (),
            )
    if not chosen:
        st.html(image_rows.hint(_("Choose the files; then say of each what it shows.")))
        return
    if _add_button("add_new", turn, len(chosen)):
        bar = st.progress(0.0, text=_("The images are taken in…"))
        _send(
            target,
            image_rows.wrong_row([file.file_id for file in chosen]),
            lambda: upload_images(
                database(),
                evidence_store(),
                asking.actor,
                target.place,
                [_upload(file) for file in chosen],
                now=clock.now(),
                on_progress=lambda done, whole: _show(bar, done, whole),
            ),
        )


def _show(bar: Any, done: int, whole: int) -> None:
    said = _("{done} of {whole} images").format(done=digits(done), whole=digits(whole))
    bar.progress(done / whole, text=said)


def _upload(file: Any) -> Upload:
    typed = image_rows.typed_row(file.file_id)
    return Upload(
        name=file.name,
        read=file.getvalue,
        kind=typed.kind,
        phase=typed.phase,
        teeth=typed.teeth,
        taken_on=typed.taken_on,
    )


def _draw_earlier(asking: Context, target: Target, earlier: Sequence[Earlier]) -> None:
    if not earlier:
        st.html(image_rows.hint(_("There is no other image of this patient that you may see.")))
        return
    turn = _turn()
    with st.container(key="add_grid", horizontal=True):
        chosen = [each for each in earlier if image_rows.draw_choice(each, turn)]
    with st.container(key="add_chosen"):
        for each in chosen:
            image_rows.draw_row(
                image_rows.row_key(each, turn),
                image_rows.earlier_head(each),
                kind=each.kind,
                phase=each.phase,
                teeth=each.teeth,
                taken_on=each.taken_on,
            )
    if not chosen:
        st.html(image_rows.hint(_("Tick the images that belong here too.")))
    elif _add_button("add_earlier", turn, len(chosen)):
        keys = [image_rows.row_key(each, turn) for each in chosen]
        _send(
            target,
            image_rows.wrong_row(keys),
            lambda: database().in_tx(
                lambda s: attach_earlier(
                    s,
                    asking.actor,
                    target.place,
                    [image_rows.described(each, turn) for each in chosen],
                    now=clock.now(),
                )
            ),
        )


def _add_button(key: str, turn: int, count: int) -> bool:
    """Whether it was pressed in this turn of the dialog and not answered yet.

    The second press of a double click comes with a turn that is over.
    """
    label = counted(count, _("Add {n} image"), _("Add {n} images")).format(n=digits(count))
    with st.container(key=f"{key}_bar", horizontal=True, horizontal_alignment="right"):
        st.button(label, key=key, type="primary", on_click=_ask, args=(key, turn))
    return bool(st.session_state.get(ASKED) == (key, turn))


def _ask(key: str, turn: int) -> None:
    st.session_state[ASKED] = (key, turn)


def _send(target: Target, wrong: str | None, work: Callable[[], Attached]) -> None:
    with undisturbed():
        del st.session_state[ASKED]
        refused = [wrong] if wrong is not None else _done(work)
        if wrong is None:
            forget_images()
        if refused:
            st.session_state[REFUSED] = refused
        else:
            target.leave()
    st.rerun()


def _done(work: Callable[[], Attached]) -> list[str]:
    """Do it and tell what was added; returns the sentences about what was refused."""
    try:
        check_acting()
        attached = work()
    except Refused as refused:
        return [sentence(refused)]
    if attached.numbers:
        count = len(attached.numbers)
        said = counted(count, _("{n} image was added."), _("{n} images were added."))
        tell("done", said.format(n=digits(count)))
    return [_named(name, refused) for name, refused in attached.refused]


def _named(name: str, refused: Refused) -> str:
    """The sentence with the file's name, which most sentences say themselves."""
    said = sentence(refused)
    return said if "name" in refused.facts else f"{name}: {said}"
