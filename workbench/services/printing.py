"""PDF by typst: a template of this package, its content as JSON, and the fonts of the pages."""

import json
from functools import lru_cache
from importlib import resources
from typing import Any

import typst

FONT_PACKAGES = ("fontpkg_ibm_plex_sans_arabic", "fontpkg_noto_sans_arabic")


def pdf_of(template: str, content: dict[str, Any]) -> bytes:
    """The PDF of ``template`` (a path in the folder of this module) filled with ``content``."""
    return bytes(
        typst.compile(
            _template(template),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(content, ensure_ascii=False)},
            timestamp=0,
        )
    )


@lru_cache
def _template(name: str) -> bytes:
    return resources.files("workbench.services").joinpath(name).read_bytes()


@lru_cache
def _fonts() -> Any:
    folders = [str(resources.files(package) / "files") for package in FONT_PACKAGES]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
