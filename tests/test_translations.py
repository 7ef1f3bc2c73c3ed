"""Every sentence has its Persian one, with the same placeholders and no Latin word left in it."""

import ast
import re
import string
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).parents[1] / "workbench"
CATALOGUES = sorted((PACKAGE / "locale" / "fa").glob("*.po"))
MARKS = {"_", "N_"}

# What is Latin on purpose: codes, file names, keys, options, formats and settings.
CODE = re.compile(
    r"""\{[^}]*\}                      # a placeholder
    | --?[a-z][\w-]*                   # an option of the command line
    | \b[A-Z]\d+\b | \b[A-Z]…          # D03, F8, R…
    | \b(Ctrl|Alt|Shift|Enter|Esc|Tab|Space|Home|End|F\d+)\b
    | \b(JPEG|JPG|PNG|PDF|XLSX|ZIP|zip|JSON\ Lines|JSON|RGB|CMYK|FDI|OPG|CBCT|UTF-8|HTML|CSV|EXIF)\b
    | \bWORKBENCH_\w+ | \bCOUNT:HASH\b | \bverify\b
    | [\w*/-]+\.(jsonl|jpe?g|zip|pdf|xlsx|json) | \.(jpe?g|zip|jsonl)\b | \bevidence\b
    | [\w.]+\.ir\b                     # where a source is found
    | U/LC | LL6                       # how teeth are written
    """,
    re.VERBOSE,
)
LATIN = re.compile(r"[A-Za-z]{2,}")


def marked() -> Iterator[tuple[str, str]]:
    """Every message id in the code with the place where it stands."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKS and node.args:
                place = f"{path.relative_to(PACKAGE)}:{node.lineno}"
                argument = node.args[0]
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value, place
                elif isinstance(argument, ast.JoinedStr):
                    yield "", place


@cache
def ids_in_code() -> dict[str, str]:
    return dict(marked())


@cache
def translations() -> dict[str, tuple[str, str]]:
    """Id → Persian sentence and the catalogue it stands in."""
    return {
        str(message.id): (str(message.string), path.name)
        for path in CATALOGUES
        for message in messages_of(path)
    }


def messages_of(path: Path) -> list[Message]:
    with path.open("rb") as file:
        return [message for message in read_po(file) if message.id]


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def listed(violations: list[str]) -> None:
    assert not violations, "\n" + "\n".join(violations)


def test_no_sentence_is_an_f_string() -> None:
    listed([place for message, place in marked() if not message])


def test_every_sentence_is_translated() -> None:
    missing = {id_: place for id_, place in ids_in_code().items() if id_ not in translations()}
    listed([f"{place}: {id_!r}" for id_, place in missing.items()])


def test_no_translation_is_empty_or_fuzzy() -> None:
    listed(
        [
            f"{path.name}: {message.id!r}"
            for path in CATALOGUES
            for message in messages_of(path)
            if not message.string or message.fuzzy
        ]
    )


def test_placeholders_are_the_same() -> None:
    listed(
        [
            f"{name}: {id_!r}"
            for id_, (text, name) in translations().items()
            if placeholders(id_) != placeholders(text)
        ]
    )


def test_no_latin_word_is_left_in_a_persian_sentence() -> None:
    listed(
        [
            f"{name}: {words} in {text!r}"
            for text, name in translations().values()
            if (words := LATIN.findall(CODE.sub(" ", text)))
        ]
    )


def test_persian_is_written_with_persian_letters() -> None:
    """Arabic ي and ك and Arabic digits look alike and break every search."""
    listed(
        [
            f"{name}: {text!r}"
            for text, name in translations().values()
            if re.search("[يك٠-٩]", text)
        ]
    )


def test_catalogues_do_not_contradict_each_other() -> None:
    seen: dict[str, tuple[str, str]] = {}
    clashes = []
    for path in CATALOGUES:
        for message in messages_of(path):
            id_, text = str(message.id), str(message.string)
            first = seen.setdefault(id_, (text, path.name))
            if first[0] != text:
                clashes.append(f"{id_!r}: {first[1]} says {first[0]!r}, {path.name} says {text!r}")
    listed(clashes)


def test_unused_translations_are_named() -> None:
    """Only a warning: an id may be built of parts that are marked elsewhere."""
    unused = sorted(set(translations()) - set(ids_in_code()))
    if unused:
        warnings.warn(f"{len(unused)} translations without a sentence: {unused[:5]}", stacklevel=1)
    assert len(unused) < len(translations()), "no translation at all is used"


@pytest.mark.parametrize("text", ["Save the file", "کد service را بنویسید"])
def test_the_search_for_latin_words_finds_them(text: str) -> None:
    assert LATIN.findall(CODE.sub(" ", text))
