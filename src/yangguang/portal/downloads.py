"""Downloads: every byte comes from the store by the commitment of its revision, with its proof beside it."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from yangguang.catalogue.types import Component
from yangguang.formats.queries import MEDIA_TYPES
from yangguang.portal.errors import GoneError
from yangguang.portal.finding import Found, answers_for_records, find, metadata_of, parse_record
from yangguang.portal.layout import file_addresses
from yangguang.portal.node import blobs, log
from yangguang.records.queries import BODY, META, attachment_label, proof_extra

PROOF_SUFFIX = ".tlog-proof"
PAGE_LABEL = "html"
"""The rendition whose proof stands beside the page itself."""

FILE_NAME_CHARACTERS = 60
"""Longest stem of a file name: 255 bytes are the limit of most file systems, a character takes three."""

_OPAQUE = "application/octet-stream"
_SAFE_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain")
_NOT_IN_NAMES = str.maketrans(dict.fromkeys('\\/:*?"<>|', "_"))


@dataclass(frozen=True, slots=True)
class _File:
    """A component as a file: its name for people, media type, and path without host."""

    component: Component
    name: str
    media_type: str
    address: str


@require_safe
@answers_for_records
def rendition(request: HttpRequest, identifier: str, label: str, number: str = "") -> HttpResponse:
    """Hand out a rendition of the newest revision, or of revision `number`."""
    return _content(request, _rendition(_find(identifier, number), label))


@require_safe
@answers_for_records
def rendition_proof(_request: HttpRequest, identifier: str, label: str = PAGE_LABEL, number: str = "") -> HttpResponse:
    """Hand out the proof of a rendition; without `label`, of the HTML file."""
    return _proof(_rendition(_find(identifier, number), label))


@require_safe
@answers_for_records
def attachment(request: HttpRequest, identifier: str, name: str, number: str = "") -> HttpResponse:
    """Hand out an attachment, or the proof of one where ``.tlog-proof`` follows its name."""
    found = _find(identifier, number)
    # An attachment may itself be called so: its own name comes first.
    exact = _attachment(found, name)
    if exact is not None:
        return _content(request, exact)
    proven = _attachment(found, name.removesuffix(PROOF_SUFFIX)) if name.endswith(PROOF_SUFFIX) else None
    if proven is None:
        raise Http404(f"record {identifier} has no attachment {name[:80]!r}")
    return _proof(proven)


def _find(identifier: str, number: str) -> Found:
    return find(parse_record(identifier), int(number) if number else None)


def _rendition(found: Found, label: str) -> _File:
    component = None if label in {META, BODY} else found.revision.components.get(label)
    if component is None:
        raise Http404(f"record {found.state.id} has no rendition {label!r}")
    _refuse_erased(found, label)
    stem = metadata_of(found).title[:FILE_NAME_CHARACTERS].translate(_NOT_IN_NAMES).strip(" .")
    name = f"{stem or found.state.id}_r{found.revision.number}.{label}"
    return _File(component, name, MEDIA_TYPES.get(label, _OPAQUE), f"{found.address}.{label}")


def _attachment(found: Found, name: str) -> _File | None:
    for position, attached in enumerate(metadata_of(found).attachments):
        if attached.name == name:
            label = attachment_label(position)
            _refuse_erased(found, label)
            media_type = attached.media_type if attached.media_type in _SAFE_TYPES else _OPAQUE
            address = file_addresses(found.address, (name,))[name]
            return _File(found.revision.components[label], name, media_type, address)
    return None


def _refuse_erased(found: Found, label: str) -> None:
    erasing = found.revision.erased.get(label)
    if erasing is not None:
        raise GoneError(erasing)


def _content(request: HttpRequest, file: _File) -> HttpResponse:
    opening = blobs().opening(file.component.commitment)
    etag = f'"{opening.sha256.hex()}"'
    response: HttpResponse
    if request.META.get("HTTP_IF_NONE_MATCH") == etag:
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(blobs().content(file.component.commitment), content_type=file.media_type)
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file.name) or ""
    response["ETag"] = etag
    # Asked again each time: what is withdrawn tomorrow must not live on in a cache.
    response["Cache-Control"] = "no-cache"
    response["Link"] = f'<{file.address}{PROOF_SUFFIX}>; rel="https://c2sp.org/tlog-proof"; type="text/plain"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _proof(file: _File) -> HttpResponse:
    component = file.component
    salt = blobs().opening(component.commitment).salt
    reader = log()
    leaf = reader.entry(component.index).data
    proof = reader.prove(component.index, extra=proof_extra(leaf, component.label, salt))
    response = HttpResponse(proof, content_type="text/plain; charset=utf-8")
    name = content_disposition_header(as_attachment=True, filename=file.name + PROOF_SUFFIX)
    response["Content-Disposition"] = name or ""
    response["Cache-Control"] = "no-cache"
    return response
