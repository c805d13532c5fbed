"""The log's public files as they lie on disk: checkpoint, tiles, entry bundles, and the policy to trust them by.

Paths: C2SP tlog-tiles. A static server in front may hand out the same folder and never ask us.
"""

from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from yangguang.ledger.errors import MalformedTileError
from yangguang.ledger.queries import parse_archive_path, parse_path
from yangguang.portal.node import node

CHECKPOINT_SECONDS = 5
"""How long a checkpoint may be shown; readers who wait for an entry ask again."""

ARCHIVED_SECONDS = 3_600
"""How long an archived checkpoint may be shown: what it says never changes, only who cosigned it."""


@require_safe
def checkpoint(_request: HttpRequest) -> HttpResponse:
    """Hand out the newest signed checkpoint."""
    response = _file(node().log / "checkpoint", "text/plain; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={CHECKPOINT_SECONDS}"
    return response


@require_safe
def tile(_request: HttpRequest, path: str) -> HttpResponse:
    """Hand out a tile or an entry bundle; full and partial ones never change once they exist."""
    try:
        # Also keeps the path inside the folder: only the one spelling of a tile passes.
        parse_path(f"tile/{path}")
    except MalformedTileError as error:
        raise Http404(str(error)) from error
    response = _file(node().log / "tile" / path, "application/octet-stream")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@require_safe
def archived(_request: HttpRequest, path: str) -> HttpResponse:
    """Hand out the cosigned checkpoint of a size the log once had; cosignatures may still be added to it."""
    try:
        parse_archive_path(f"archive/{path}")
    except MalformedTileError as error:
        raise Http404(str(error)) from error
    response = _file(node().log / "archive" / path, "text/plain; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={ARCHIVED_SECONDS}"
    return response


@require_safe
def policy(_request: HttpRequest) -> HttpResponse:
    """Hand out the trust file; who does not trust this connection compares it with another copy."""
    response = _file(node().policy, "text/plain; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


def _file(path: Path, media_type: str) -> HttpResponse:
    try:
        raw = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise Http404(f"the log has no {path.name}") from error
    response = HttpResponse(raw, content_type=media_type)
    # Monitors and verifiers may run in a page of another site: the log is for everyone.
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
