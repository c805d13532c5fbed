"""The home page, the choice of language, and the pages for what does not exist or went wrong."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from yangguang.agencies.queries import agencies
from yangguang.catalogue import queries as catalogue
from yangguang.portal.finding import log_size
from yangguang.portal.meta import home_column, search_column
from yangguang.portal.node import node

NEWEST = 10
"""Documents on the home page and on an agency's."""

LANGUAGE_COOKIE_SECONDS = 365 * 24 * 3600


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Search, the agencies' columns, the newest documents."""
    counts = catalogue.counts_by_agency()
    context = {
        "column": home_column(node().name),
        "agencies": [(agency, counts.get(agency.code, 0)) for agency in agencies()],
        "newest": catalogue.latest(NEWEST),
        "log_size": log_size(),
    }
    return render(request, "portal/home.html", context)


@require_safe
def language(request: HttpRequest, code: str) -> HttpResponse:
    """Remember the language a reader chose, and go back to the page they were on."""
    back = request.GET.get("next", "")
    safe = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    response = HttpResponseRedirect(back if safe else "/")
    if code in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=LANGUAGE_COOKIE_SECONDS,
            httponly=True,
            secure=request.is_secure(),
            samesite="Lax",
        )
    return response


@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    """Crawlers may read everything but the endless combinations of search."""
    text = "User-agent: *\nDisallow: /search\nDisallow: /language/\n"
    if node().base_url:
        text += f"Sitemap: {node().base_url.rstrip('/')}/sitemap.xml\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's contract
    """Say that the address names nothing, and offer a search."""
    return render(request, "404.html", {"column": search_column(node().name)}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that the fault is ours; needs neither database nor log, which may be what failed."""
    return render(request, "500.html", {"column": search_column(node().name)}, status=500)
