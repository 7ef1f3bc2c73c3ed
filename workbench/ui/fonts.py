"""The font files of the interface, out of their packages (both under the Open Font License).

The web layer serves them under ``/ui/fonts/<name>``, where ``tokens.css`` asks for them.
"""

from importlib import resources
from pathlib import Path

_FILES = {
    "regular.ttf": ("fontpkg_ibm_plex_sans_arabic", "IBMPlexSansArabic-Regular.ttf"),
    "medium.ttf": ("fontpkg_ibm_plex_sans_arabic", "IBMPlexSansArabic-Medium.ttf"),
    "semibold.ttf": ("fontpkg_ibm_plex_sans_arabic", "IBMPlexSansArabic-SemiBold.ttf"),
    "digits.ttf": ("fontpkg_noto_sans_arabic", "NotoSansArabic[wdth,wght].ttf"),
}


def font_files() -> dict[str, Path]:
    """The name in the address → the file; nothing else may be served from there."""
    return {name: _path(package, file) for name, (package, file) in _FILES.items()}


def _path(package: str, file: str) -> Path:
    path = Path(str(resources.files(package) / "files" / file))
    assert path.is_file(), f"{package} holds no {file}"
    return path
