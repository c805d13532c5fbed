"""The search page: what was asked, the results with their facets, and what only resembles them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yangguang.agencies.queries import agencies
from yangguang.law.errors import LawError
from yangguang.law.queries import item, part
from yangguang.portal.context import is_english
from yangguang.portal.meta import search_column
from yangguang.portal.node import index, node
from yangguang.records.types import Kind
from yangguang.search.errors import SearchError
from yangguang.search.types import FacetCount, Filters, Results, Sort

PAGE_HITS = 20
LAST_PAGE = 50
"""Nobody reads further; who needs all takes the log."""

FACET_VALUES = 12
FACETS = ("agency", "item", "year", "kind")


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet: its name, how many results have it, where choosing or dropping it leads."""

    value: str
    name: str
    count: int | None
    chosen: bool
    address: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with its choices."""

    field: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """The search form as it was sent; empty text means "any"."""

    q: str = ""
    agency: str = ""
    item: str = ""
    year: str = ""
    kind: str = ""
    sort: str = ""
    page: int = 1

    def address(self, **changes: object) -> str:
        """Return the address of this search with `changes`; a changed filter starts at the first page."""
        said = {name: getattr(self, name) for name in self.__slots__} | {"page": 1} | changes
        return "/search?" + urlencode({name: value for name, value in said.items() if value and value != 1})


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Search all live records; without words, list what the filters leave."""
    asked = _asked(request)
    context: dict[str, object] = {"asked": asked, "column": search_column(node().name), "searched": False}
    if asked.q or any(getattr(asked, name) for name in FACETS):
        try:
            results = index().search(
                asked.q, _filters(asked), page=asked.page, size=PAGE_HITS, sort=Sort(asked.sort or Sort.RELEVANCE)
            )
        except SearchError:
            return render(request, "portal/search.html", {**context, "unavailable": True}, status=503)
        context |= {"searched": True, "results": results, "facets": _facets(asked, results), **_pages(asked, results)}
    response = render(request, "portal/search.html", context)
    response["Cache-Control"] = "no-cache"
    return response


def _asked(request: HttpRequest) -> Asked:
    sent = request.GET
    page = sent.get("page", "1")
    if not (page.isascii() and page.isdigit() and 1 <= len(page) <= 3 and 1 <= int(page) <= LAST_PAGE):
        raise Http404(f"page {page[:20]!r} is not one of 1 to {LAST_PAGE}")
    year, kind, sort = sent.get("year", ""), sent.get("kind", ""), sent.get("sort", "")
    return Asked(
        q=" ".join(sent.get("q", "").replace("\x00", " ").split()),
        agency=sent.get("agency", "")[:60],
        item=sent.get("item", "")[:60],
        year=year if len(year) == 4 and year.isascii() and year.isdigit() else "",
        kind=kind if kind in set(Kind) else "",
        sort=Sort.DATE.value if sort == Sort.DATE.value else "",
        page=int(page),
    )


def _filters(asked: Asked) -> Filters:
    year = int(asked.year) if asked.year else None
    kind = Kind(asked.kind) if asked.kind else None
    return Filters(agency=asked.agency, item=asked.item, first_year=year, last_year=year, kind=kind)


def _pages(asked: Asked, results: Results) -> dict[str, object]:
    last = min(LAST_PAGE, max(1, -(-results.total // PAGE_HITS)))
    return {
        "last_page": last,
        "previous": asked.address(page=asked.page - 1) if asked.page > 1 else "",
        "next": asked.address(page=asked.page + 1) if asked.page < last else "",
        "by_date": asked.address(sort=Sort.DATE.value),
        "by_relevance": asked.address(sort=""),
    }


def _facets(asked: Asked, results: Results) -> tuple[Facet, ...]:
    names = {agency.code: agency.name for agency in agencies()}
    names |= {hit.record.agency_code: hit.record.agency_name for hit in results.hits}
    counted: Mapping[str, Iterable[FacetCount]] = {
        "agency": results.facets.agency,
        "item": results.facets.item,
        "year": results.facets.year,
        "kind": results.facets.kind,
    }
    facets = (Facet(field, tuple(_choices(asked, field, counts, names))) for field, counts in counted.items())
    return tuple(facet for facet in facets if facet.choices)


def _choices(asked: Asked, field: str, counts: Iterable[FacetCount], agencies_by_code: dict[str, str]) -> list[Choice]:
    chosen = getattr(asked, field)
    found = [
        Choice(
            value=count.value,
            name=_name(field, count.value, agencies_by_code),
            count=count.count,
            chosen=count.value == chosen,
            address=asked.address(**{field: "" if count.value == chosen else count.value}),
        )
        for count in list(counts)[:FACET_VALUES]
    ]
    if chosen and all(not choice.chosen for choice in found):
        # A filter that leaves nothing must still be seen, and be dropped.
        name = _name(field, chosen, agencies_by_code)
        found.insert(0, Choice(chosen, name, None, chosen=True, address=asked.address(**{field: ""})))
    return found


def _name(field: str, value: str, agencies_by_code: dict[str, str]) -> str:
    if field == "agency":
        return agencies_by_code.get(value, value)
    if field == "item":
        return _item_name(value)
    return value


def _item_name(slug: str) -> str:
    try:
        found = item(slug)
    except LawError:
        try:
            named = part(slug)
        except LawError:
            return slug
        return named.english if is_english() else named.name
    return found.english if is_english() else found.short_name
