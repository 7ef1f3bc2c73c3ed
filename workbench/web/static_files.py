"""The interface's own files under ``/ui``: stylesheets, scripts and fonts; open to everyone."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from workbench.ui.fonts import font_files

OWN_FOLDER = Path(__file__).parent / "static"
UI_FOLDER = Path(__file__).parents[1] / "ui" / "static"
FOREVER = "public, max-age=31536000, immutable"
WEEK = "public, max-age=604800"


class VersionedFiles(StaticFiles):
    """Files that may be kept for ever when asked for by the version of their content."""

    async def get_response(self, path: str, scope: Any) -> Response:
        """The file; without ``?v=`` the browser asks again each time."""
        response = await super().get_response(path, scope)
        is_versioned = scope["query_string"].startswith(b"v=")
        response.headers["cache-control"] = FOREVER if is_versioned else "no-cache"
        return response


@cache
def versioned(address: str) -> str:
    """An address under ``/ui`` with the hash of its file; without one where the file is missing."""
    name = address.removeprefix("/ui/")
    path = OWN_FOLDER / name.removeprefix("web/") if name.startswith("web/") else UI_FOLDER / name
    if not path.is_file():
        return address
    return f"{address}?v={hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"


async def font(request: Request) -> Response:
    """One of the interface's font files."""
    path = font_files().get(request.path_params["name"])
    if path is None:
        raise HTTPException(404)
    return FileResponse(path, media_type="font/ttf", headers={"cache-control": WEEK})


def routes() -> list[BaseRoute]:
    """The routes below ``/ui``."""
    return [
        Route("/ui/fonts/{name}", font),
        Mount("/ui/web", VersionedFiles(directory=OWN_FOLDER)),
        Mount("/ui", VersionedFiles(directory=UI_FOLDER, check_dir=False)),
    ]
