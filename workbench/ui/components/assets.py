"""Stylesheets and scripts of the components, as the one string that Streamlit wants.

The scripts are ES modules beside this file. Streamlit takes a component's JavaScript inline, where
``import "./x.js"`` has no address to resolve against; so the modules an entry needs are put into
one text, each once and before its first user, without their import and export words. Top-level
names are therefore unique over all modules of a component (a test holds them to it).
"""

import re
from functools import lru_cache
from importlib import resources

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(?P<file>[\w.]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


def read_asset(folder: str, name: str) -> str:
    """The text of ``components/<folder>/<name>``."""
    path = resources.files("workbench.ui.components") / folder / name
    return path.read_text(encoding="utf-8")


@lru_cache
def script(entry: str) -> str:
    """The entry module with everything it imports, as one module with one default export."""
    return "\n".join(_modules(entry, []))


@lru_cache
def style(*names: str) -> str:
    """Several stylesheets as one text; it holds line breaks, so it is never taken for a path."""
    return "\n".join(read_asset("css", name) for name in names)


def _modules(name: str, done: list[str]) -> list[str]:
    """The texts of a module and of what it imports, depth first; ``done`` collects the names."""
    done.append(name)
    text = read_asset("js", name)
    needed = [match["file"] for match in _IMPORT.finditer(text)]
    texts = [part for file in needed if file not in done for part in _modules(file, done)]
    return [*texts, _EXPORT.sub("", _IMPORT.sub("", text))]
