"""The site map: every live record, in files of at most 50,000 addresses (sitemaps.org protocol 0.9)."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from yangguang.agencies.queries import agencies
from yangguang.catalogue import queries as catalogue
from yangguang.kernel.clock import from_unix
from yangguang.portal.node import node

MAX_ADDRESSES = 50_000
"""Most addresses a file may hold, by the protocol."""

_XML = "application/xml; charset=utf-8"
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """List the files: number 0 holds the columns, the others the records."""
    base = _base(request)
    files = -(-catalogue.count_live() // MAX_ADDRESSES)
    lines = [f"<sitemap><loc>{base}/sitemap-{number}.xml</loc></sitemap>\n" for number in range(files + 1)]
    return HttpResponse(
        f'{_HEAD}<sitemapindex xmlns="{_NAMESPACE}">\n{"".join(lines)}</sitemapindex>\n', content_type=_XML
    )


@require_safe
def sitemap(request: HttpRequest, number: int) -> HttpResponseBase:
    """List the addresses of file `number`."""
    files = -(-catalogue.count_live() // MAX_ADDRESSES)
    if number > files:
        raise Http404(f"site map {number}: there are {files}")
    base = _base(request)
    return StreamingHttpResponse(_columns(base) if number == 0 else _records(base, number), content_type=_XML)


def _columns(base: str) -> Iterator[str]:
    yield f'{_HEAD}<urlset xmlns="{_NAMESPACE}">\n<url><loc>{base}/</loc></url>\n'
    for agency in agencies():
        yield f"<url><loc>{base}/xxgk/{agency.code}/</loc></url>\n"
    yield "</urlset>\n"


def _records(base: str, number: int) -> Iterator[str]:
    yield f'{_HEAD}<urlset xmlns="{_NAMESPACE}">\n'
    start = (number - 1) * MAX_ADDRESSES
    for address in catalogue.all_live(start=start, stop=start + MAX_ADDRESSES):
        changed = from_unix(address.published_at).isoformat()
        yield f"<url><loc>{base}/records/{address.id}</loc><lastmod>{changed}</lastmod></url>\n"
    yield "</urlset>\n"


def _base(request: HttpRequest) -> str:
    return escape(node().base_url.rstrip("/") or request.build_absolute_uri("/").rstrip("/"))
