"""A record's page: header box, text, attachments, revisions, downloads, and what proves them."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from yangguang.blobs.errors import BlobsError
from yangguang.catalogue import queries as catalogue
from yangguang.catalogue.types import Revision
from yangguang.kernel.clock import china_date, from_unix
from yangguang.law.errors import UnknownItemError
from yangguang.law.queries import item, part
from yangguang.law.types import Item, Part
from yangguang.portal.context import style_version
from yangguang.portal.finding import (
    Found,
    agency_or_none,
    answers_for_records,
    find,
    log_size,
    metadata_of,
    parse_record,
)
from yangguang.portal.layout import file_addresses, lay_out
from yangguang.portal.meta import record_article, record_column
from yangguang.portal.node import blobs, node
from yangguang.portal.pagecache import PAGES, PageKey
from yangguang.portal.times import Times, stamp, times_of
from yangguang.records.queries import BODY, META, RENDITIONS, attachment_label, decode_body, plain_text
from yangguang.records.types import Attachment, Body, Kind, Metadata

PARTS_WITH_RECORDS = ("guide", "rules", "annual-reports")
BEGINNING_CHARACTERS = 120
"""How much of the text stands in for a summary in the page's meta tags."""


@dataclass(frozen=True, slots=True)
class Download:
    """A file beside the page: label or name, address without host, size in bytes; None where the store has lost it."""

    name: str
    address: str
    size_bytes: int | None


@dataclass(frozen=True, slots=True)
class ShownAttachment:
    """An attachment, and whether it was erased."""

    attachment: Attachment
    address: str
    erased: bool


@dataclass(frozen=True, slots=True)
class ShownRevision:
    """A line of the list of revisions."""

    number: int
    on: datetime
    closed: bool
    shown: bool
    index: int


@require_safe
@answers_for_records
def record_page(request: HttpRequest, identifier: str, number: str = "") -> HttpResponse:
    """Show the newest revision, or revision `number`."""
    known = parse_record(identifier)
    # Asked before the cache is: what was withdrawn a moment ago has no newest index any more.
    newest_index = catalogue.newest_index(known)
    language = get_language() or ""
    wanted = int(number) if number else 0
    base = node().base_url.rstrip("/") or request.build_absolute_uri("/").rstrip("/")
    now = stamp()
    key = PageKey(known, newest_index or 0, wanted, language, base, now.settled)
    page = PAGES.get(key) if newest_index is not None else None
    if page is None:
        # Witnesses may still have something to say of the entry: until then a page is as old as the checkpoint.
        live = replace(key, evidence=now)
        page = PAGES.get(live) if newest_index is not None else None
        key = live if page is not None else key
    if page is None:
        found = find(known, wanted or None)
        times = times_of(found.revision.published.index)
        key = key if times.settled else replace(key, evidence=now)
        page = render_to_string("portal/record.html", _context(found, times, base), request).encode()
        if newest_index is not None:
            PAGES.put(key, page)
    etag = f'"{newest_index}-{wanted}-{language}-{style_version()}-{key.evidence.policy:x}-{key.evidence.checkpoint:x}"'
    response: HttpResponse
    if newest_index is not None and request.META.get("HTTP_IF_NONE_MATCH") == etag:
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(page)
    response["ETag"] = etag
    patch_cache_control(response, no_cache=True)
    return response


def _context(found: Found, times: Times, base: str) -> dict[str, object]:
    metadata = metadata_of(found)
    body = decode_body(blobs().content(found.revision.components[BODY].commitment))
    files = file_addresses(found.address, tuple(attachment.name for attachment in metadata.attachments))
    published = from_unix(found.revision.published.event.claimed_at)
    item_of, part_of = _column(metadata)
    return {
        "found": found,
        # Kept pages must not carry the query string of whoever asked first.
        "here": f"/records/{found.state.id}" if found.newest else found.address,
        "metadata": metadata,
        "doubts": {doubt.field: doubt.reason for doubt in metadata.doubts},
        "is_news": metadata.kind is Kind.NEWS,
        "layout": lay_out(body, metadata.title, files),
        "attachments": _attachments(found, metadata, files),
        "downloads": _downloads(found),
        "revisions": _revisions(found),
        "agency": agency_or_none(metadata.agency.code),
        "item": item_of,
        "part": part_of,
        "published": published,
        "times": times,
        "log_size": log_size(),
        "column": record_column(metadata),
        "article": record_article(metadata, _pub_date(metadata, published), _url(found, base), _beginning(body)),
    }


def _column(metadata: Metadata) -> tuple[Item | None, Part | None]:
    if metadata.column is None:
        return None, None
    if metadata.column in PARTS_WITH_RECORDS:
        return None, part(metadata.column)
    try:
        return item(metadata.column), part("statutory")
    except UnknownItemError:
        return None, None


def _attachments(found: Found, metadata: Metadata, files: dict[str, str]) -> tuple[ShownAttachment, ...]:
    return tuple(
        ShownAttachment(attachment, files[attachment.name], attachment_label(position) in found.revision.erased)
        for position, attachment in enumerate(metadata.attachments)
    )


def _downloads(found: Found) -> tuple[Download, ...]:
    own = (META, BODY)
    labels = [label for label in found.revision.components if label not in own and "." not in label]
    return tuple(
        Download(label, f"{found.address}.{label}", _size(found.revision.components[label].commitment))
        for label in sorted(labels, key=_place)
        if label not in found.revision.erased
    )


def _place(label: str) -> tuple[int, str]:
    return (RENDITIONS.index(label) if label in RENDITIONS else len(RENDITIONS), label)


def _size(commitment: bytes) -> int | None:
    try:
        return blobs().opening(commitment).size_bytes
    except BlobsError:
        # A lost rendition must not take the text down with it; its own address says what is wrong.
        return None


def _revisions(found: Found) -> tuple[ShownRevision, ...]:
    return tuple(_shown(revision, found) for revision in found.revisions)


def _shown(revision: Revision, found: Found) -> ShownRevision:
    logged = revision.published
    return ShownRevision(
        revision.number,
        from_unix(logged.event.claimed_at),
        revision.closed is not None,
        revision.number == found.revision.number,
        logged.index,
    )


def _pub_date(metadata: Metadata, published: datetime) -> str:
    """`YYYY-MM-DD HH:MM`: the hour is known only where the day of publication is the day of the log's entry."""
    hour = f"{published:%H:%M}" if china_date(published) == metadata.published_on else "00:00"
    return f"{metadata.published_on.isoformat()} {hour}"


def _url(found: Found, base: str) -> str:
    path = f"/records/{found.state.id}" if found.newest else found.address
    return f"{base}{path}"


def _beginning(body: Body) -> str:
    return " ".join(plain_text(body).split())[:BEGINNING_CHARACTERS]
