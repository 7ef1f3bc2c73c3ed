"""What the address of a page asks for, also after the browser's Back, which loses the query."""

import streamlit as st

ID_MAX = 2**63 - 1


def asked(page: str, *names: str) -> tuple[str, ...]:
    """The values of the address; where it has lost them, those the page had last in this session.

    An address that is typed by hand begins a new session, so that nothing old is shown for it.
    """
    kept = f"address.{page}"
    values = tuple(st.query_params.get(name, "") for name in names)
    former = st.session_state.get(kept)
    if former is None or all(values):
        st.session_state[kept] = values if all(values) else None
        return values
    st.query_params.from_dict(dict(zip(names, former, strict=True)))
    return tuple(former)


def asked_ids(page: str, *names: str) -> tuple[int, ...] | None:
    """The ids that the address asks for; None when one of them is none."""
    ids = tuple(map(_id, asked(page, *names)))
    found = tuple(each for each in ids if each is not None)
    return found if len(found) == len(names) else None


def _id(text: str) -> int | None:
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(ID_MAX))
    return int(text) if is_number and int(text) <= ID_MAX else None
