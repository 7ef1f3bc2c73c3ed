"""Scripts, styles, words and fonts hold together without a browser."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from workbench.i18n import catalogue, use_language
from workbench.ui.components import lines, odontogram, page_agent, viewer
from workbench.ui.components.assets import script, style
from workbench.ui.fonts import font_files

COMPONENTS = Path(lines.__file__).parent
STATIC = COMPONENTS.parent / "static"
ROOT = COMPONENTS.parents[2]
TOP_LEVEL = re.compile(r"^(?:async )?(?:function|const|let) (\w+)", re.MULTILINE)


@pytest.mark.parametrize("entry", ["lines.js", "viewer.js", "odontogram.js", "agent.js"])
def test_a_bundle_is_one_module_without_repeated_names(entry: str) -> None:
    text = script(entry)
    names = Counter(TOP_LEVEL.findall(text))
    assert [name for name, count in names.items() if count > 1] == []
    assert not re.search(r"^import ", text, re.MULTILINE)
    assert len(re.findall(r"^export ", text, re.MULTILINE)) == 1
    assert text.count("export default function") == 1


@pytest.mark.parametrize("entry", ["lines.js", "viewer.js", "odontogram.js", "agent.js"])
def test_data_is_never_put_in_as_html(entry: str) -> None:
    ways = r"innerHTML|outerHTML|insertAdjacentHTML|setHTML|document\.write|\beval\("
    assert re.findall(ways, script(entry)) == []


def test_inline_styles_are_not_taken_for_a_path() -> None:
    assert "\n" in style("base.css", "lines.css")


def test_every_word_has_a_persian_translation() -> None:
    use_language("en")
    try:
        components = (lines, viewer, odontogram, page_agent)
        english = [word for each in components for word in each.words().values()]
    finally:
        use_language("fa")
    assert [word for word in english if word not in catalogue("fa")] == []


def test_scripts_ask_only_for_words_that_exist() -> None:
    for entry, words in (
        ("lines.js", lines),
        ("viewer.js", viewer),
        ("odontogram.js", odontogram),
        ("agent.js", page_agent),
    ):
        text = script(entry)
        asked = set(re.findall(r"\bwords\.(\w+)", text))
        asked |= set(re.findall(r'\b(?:label|tab|button): "(\w+)"', text))
        asked |= set(re.findall(r'\bproblem\("\w+", "(\w+)"', text))
        if entry == "lines.js":  # the viewer shares the digits, but reads no amounts
            asked |= set(re.findall(r'\bproblem: "(\w+)"', text))
        assert asked <= set(words.words()), entry


def test_both_dark_blocks_hold_the_same_values() -> None:
    text = (STATIC / "tokens.css").read_text("utf-8")
    by_agent = text.split('[data-theme="dark"] {')[1].split("}")[0]
    by_system = text.split(":root:not([data-theme]) {")[1].split("}")[0]
    values = re.compile(r"(--[\w-]+):\s*([^;]+);")
    assert dict(values.findall(by_agent)) == dict(values.findall(by_system))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_framework_has_the_colours_of_the_tokens(theme: str) -> None:
    text = (STATIC / "tokens.css").read_text("utf-8")
    block = text.split(":root {" if theme == "light" else '[data-theme="dark"] {')[1].split("}")[0]
    token = dict(re.findall(r"(--[\w-]+):\s*([^;]+);", block))
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"][theme]
    assert config["primaryColor"] == token["--accent"]
    assert config["backgroundColor"] == token["--canvas"]
    assert config["secondaryBackgroundColor"] == token["--sunken"]
    assert config["textColor"] == token["--ink"]
    assert config["borderColor"] == token["--line"]


def test_fonts_named_in_the_stylesheet_are_served() -> None:
    named = set(re.findall(r"/ui/fonts/([\w.]+)", (STATIC / "tokens.css").read_text("utf-8")))
    files = font_files()
    assert named == set(files)
    assert all(path.read_bytes()[:4] == b"\x00\x01\x00\x00" for path in files.values())


def test_an_image_is_told_once_per_showing() -> None:
    tell = viewer._not_told_before
    assert tell("t.told", "a", [1, 3]) == [1, 3]
    assert tell("t.told", "a", [1, 3, 4]) == [4]
    assert tell("t.told", "a", [1, 3, 4]) == []
    assert tell("t.told", "b", [1]) == [1]
