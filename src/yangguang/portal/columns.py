"""An agency's column 政府信息公开: its four parts in order, and the request entry beside them.

Structure: 国办公开办函〔2019〕61号, part two. The same parts, order and addresses for every agency.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yangguang.agencies.types import Agency
from yangguang.catalogue import queries as catalogue
from yangguang.catalogue.types import Page
from yangguang.law.errors import UnknownItemError
from yangguang.law.queries import item as law_item
from yangguang.law.queries import items_for, part, parts
from yangguang.law.types import Item, Part
from yangguang.portal.finding import find_agency
from yangguang.portal.meta import Column, agency_column, item_column, part_column

PAGE_ROWS = 20
STATUTORY = "statutory"


@dataclass(frozen=True, slots=True)
class ItemEntry:
    """An item of part three in an agency's navigation: how many records it holds, and whether it is being shown."""

    item: Item
    count: int
    current: bool


@dataclass(frozen=True, slots=True)
class PartEntry:
    """A part in an agency's navigation; `items` only for part three."""

    part: Part
    count: int | None
    current: bool
    items: tuple[ItemEntry, ...]


@require_safe
def agency_home(request: HttpRequest, agency: str) -> HttpResponse:
    """Show the column's parts and the agency's newest documents."""
    found = find_agency(agency)
    context = {"newest": catalogue.latest_for(found.code, 10)}
    return _show(request, "portal/agency.html", found, agency_column(found.name), context)


@require_safe
def guide(request: HttpRequest, agency: str) -> HttpResponse:
    """Show the facts of article 12, then the guides published."""
    return _part_list(request, "portal/guide.html", agency, "guide")


@require_safe
def rules(request: HttpRequest, agency: str) -> HttpResponse:
    """Show the rules about 政府信息公开."""
    return _part_list(request, "portal/part.html", agency, "rules")


@require_safe
def annual_reports(request: HttpRequest, agency: str) -> HttpResponse:
    """Show the annual reports."""
    return _part_list(request, "portal/part.html", agency, "annual-reports")


@require_safe
def statutory(request: HttpRequest, agency: str) -> HttpResponse:
    """Show the items of articles 20 and 21 with the number of records in each."""
    found = find_agency(agency)
    return _show(request, "portal/statutory.html", found, part_column(found.name, STATUTORY), {}, part_slug=STATUTORY)


@require_safe
def request_entry(request: HttpRequest, agency: str) -> HttpResponse:
    """Show how to ask for information that is not published: to whom, and the three points of article 29."""
    found = find_agency(agency)
    return _show(request, "portal/request.html", found, part_column(found.name, "request"), {}, part_slug="request")


@require_safe
def item_list(request: HttpRequest, agency: str, item: str) -> HttpResponse:
    """Show one item's records, newest first."""
    found = find_agency(agency)
    try:
        shown = law_item(item)
    except UnknownItemError as error:
        raise Http404(str(error)) from error
    if shown not in items_for(found.level) and item not in catalogue.counts_by_column(found.code):
        raise Http404(f"{item} does not bind an agency of level {found.level}")
    context = {"item": shown, "page": _listing(request, found.code, item)}
    column = item_column(found.name, shown)
    return _show(request, "portal/item.html", found, column, context, part_slug=STATUTORY, item_slug=item)


def _part_list(request: HttpRequest, template: str, agency: str, slug: str) -> HttpResponse:
    found = find_agency(agency)
    context = {"page": _listing(request, found.code, slug)}
    return _show(request, template, found, part_column(found.name, slug), context, part_slug=slug)


def _listing(request: HttpRequest, agency: str, column: str) -> Page:
    asked = request.GET.get("page", "1")
    if not asked.isascii() or not asked.isdigit() or len(asked) > 6 or int(asked) < 1:
        raise Http404(f"page {asked[:20]!r} is not a page number")
    page = catalogue.listing(agency, column, page=int(asked), size=PAGE_ROWS)
    if page.number > page.pages:
        raise Http404(f"page {page.number} of a list of {page.pages}")
    return page


def _show(
    request: HttpRequest,
    template: str,
    agency: Agency,
    column: Column,
    context: Mapping[str, object],
    *,
    part_slug: str = "",
    item_slug: str = "",
) -> HttpResponse:
    shared = {
        "agency": agency,
        "column": column,
        "part": part(part_slug) if part_slug else None,
        "navigation": _navigation(agency, part_slug, item_slug),
    }
    return render(request, template, {**shared, **context})


def _navigation(agency: Agency, part_slug: str, item_slug: str) -> tuple[PartEntry, ...]:
    counts = catalogue.counts_by_column(agency.code)
    bound = items_for(agency.level)
    others = tuple(
        law_item(slug) for slug in counts if slug not in {item.slug for item in bound} and slug not in _part_slugs()
    )
    items = tuple(ItemEntry(item, counts.get(item.slug, 0), item.slug == item_slug) for item in bound + others)
    return tuple(
        PartEntry(
            entry,
            sum(item.count for item in items) if entry.slug == STATUTORY else _count(entry, counts),
            entry.slug == part_slug and not item_slug,
            items if entry.slug == STATUTORY else (),
        )
        for entry in parts()
    )


def _count(entry: Part, counts: dict[str, int]) -> int | None:
    return None if entry.number is None else counts.get(entry.slug, 0)


def _part_slugs() -> set[str]:
    return {entry.slug for entry in parts()}
