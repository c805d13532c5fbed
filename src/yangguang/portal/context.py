"""What every page knows: the site, the language it speaks, the way to the other one."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.utils.translation import get_language

from yangguang.portal.node import node

_STATIC = Path(__file__).parent / "static" / "portal"


@dataclass(frozen=True, slots=True)
class Site:
    """The site as pages and their meta tags name it (国办发〔2017〕47号, annex: SiteName, SiteDomain, SiteIDCode)."""

    name: str
    domain: str
    code: str
    origin: str
    style: str


def site(request: HttpRequest) -> dict[str, object]:
    """Return the context of every template; Django's contract for context processors asks for a dictionary."""
    known = node()
    base = known.base_url.partition("://")[2].strip("/")
    return {
        "site": Site(known.name, base or _host(request), known.site_code, known.origin, style_version()),
        "english": is_english(),
        "here": request.get_full_path(),
    }


def is_english() -> bool:
    """Tell whether the page being made speaks English."""
    return (get_language() or "").startswith("en")


@cache
def style_version() -> str:
    """Return a short digest of the style sheet, so that a browser never mixes an old one with a new page."""
    return sha256((_STATIC / "portal.css").read_bytes()).hexdigest()[:12]


@cache
def script_version() -> str:
    """Return a short digest of the verify page's scripts, for the same reason."""
    return sha256(b"".join(path.read_bytes() for path in sorted((_STATIC / "verify").glob("*.js")))).hexdigest()[:12]


def _host(request: HttpRequest) -> str:
    try:
        return request.get_host().partition(":")[0]
    except DisallowedHost:
        # The page that says so is made by the same templates: it must not fail for the same reason.
        return ""
