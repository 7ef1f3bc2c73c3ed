"""Teeth typed as people write them: ``36، 37`` or «۶ پایین چپ»."""

import re

import streamlit as st

from workbench.i18n import _
from workbench.persian.digits import to_ascii
from workbench.rules.teeth import parse_tooth
from workbench.ui.format import digits, listed

EXAMPLE = (36, 37)


def teeth_input(label: str, key: str, value: tuple[int, ...] = ()) -> None:
    """A field for some teeth; what is none is told beneath it."""
    if key not in st.session_state:
        st.session_state[key] = digits(listed(value))
    with st.container(gap=None):
        st.text_input(label, key=key, placeholder=digits(listed(EXAMPLE)))
        if typed_teeth(key) is None:
            st.caption(f":red[{not_teeth()}]")


def typed_teeth(key: str) -> tuple[int, ...] | None:
    """The teeth in the field as FDI numbers; None: it holds something else."""
    try:
        return parse_teeth(st.session_state.get(key, ""))
    except ValueError:
        return None


def parse_teeth(text: str) -> tuple[int, ...]:
    """FDI numbers of the teeth of a text, each once; raises ``ValueError`` for what is none."""
    parts = [part.strip() for part in re.split(r"[,،;؛\n]", text)]
    if len(parts) == 1 and re.fullmatch(r"\d\d(\s+\d\d)+", to_ascii(parts[0])):
        parts = parts[0].split()
    return tuple(dict.fromkeys(parse_tooth(part).fdi for part in parts if part))


def not_teeth() -> str:
    """What is wrong with what was typed."""
    return _("Not teeth. Type them like {example}.").format(example=digits(listed(EXAMPLE)))
