"""Streamlit's own words: each is one that its pinned build writes, and each is said in Persian."""

import re
from functools import cache
from pathlib import Path

import pytest
import streamlit

from workbench.i18n import use_language
from workbench.web.framework_words import framework_words

BUILD = Path(streamlit.__file__).parent / "static" / "static" / "js"
KINDS = ("FileUploader", "utils", "Multiselect", "Selectbox", "index", "use", "Streamlit")


@cache
def build() -> str:
    """The scripts of Streamlit that draw what we use."""
    names = sorted(name for kind in KINDS for name in BUILD.glob(f"{kind}*.js"))
    return "\n".join(name.read_text(encoding="utf-8") for name in names)


@pytest.mark.parametrize(
    "word",
    [
        "Add files",
        "Select all",
        "Select {x} matches",
        "Selected values",
        "Copy to clipboard",
        "Notifications",
        "Dismiss",
        "{x} files are not allowed.",
        "{x} more",
        "KB",
        "MB",
        "File must be {x} or smaller.",
    ],
)
def test_a_word_of_the_framework_is_one_that_it_writes_and_is_persian(word: str) -> None:
    use_language("fa")
    ours = framework_words()[word]
    assert all(part in build() for part in re.split(r"\{x\}", word))
    assert not re.search("[A-Za-z]{2}", ours.replace("{x}", ""))
