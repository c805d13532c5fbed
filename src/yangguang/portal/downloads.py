"""Downloads: every byte comes from the store by the commitment of its revision, with its proof beside it."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from yangguang.portal.files import File, attachment_file, component_file, proof_of, rendition_file
from yangguang.portal.finding import Found, answers_for_records, find, parse_record
from yangguang.portal.node import blobs

PROOF_SUFFIX = ".tlog-proof"
PAGE_LABEL = "html"
"""The rendition whose proof stands beside the page itself."""


@require_safe
@answers_for_records
def rendition(request: HttpRequest, identifier: str, label: str, number: str = "") -> HttpResponse:
    """Hand out a rendition of the newest revision, or of revision `number`."""
    return _content(request, rendition_file(_find(identifier, number), label))


@require_safe
@answers_for_records
def rendition_proof(_request: HttpRequest, identifier: str, label: str = PAGE_LABEL, number: str = "") -> HttpResponse:
    """Hand out the proof of a rendition; without `label`, of the HTML file."""
    return _proof(rendition_file(_find(identifier, number), label))


@require_safe
@answers_for_records
def attachment(request: HttpRequest, identifier: str, name: str, number: str = "") -> HttpResponse:
    """Hand out an attachment, or the proof of one where ``.tlog-proof`` follows its name."""
    found = _find(identifier, number)
    # An attachment may itself be called so: its own name comes first.
    exact = attachment_file(found, name)
    if exact is not None:
        return _content(request, exact)
    proven = attachment_file(found, name.removesuffix(PROOF_SUFFIX)) if name.endswith(PROOF_SUFFIX) else None
    if proven is None:
        raise Http404(f"record {identifier} has no attachment {name[:80]!r}")
    return _proof(proven)


@require_safe
@answers_for_records
def component(request: HttpRequest, identifier: str, label: str, number: str = "") -> HttpResponse:
    """Hand out metadata, body or an attachment by its label in the log, as mirrors fetch it."""
    return _content(request, component_file(_find(identifier, number), label))


@require_safe
@answers_for_records
def component_proof(_request: HttpRequest, identifier: str, label: str, number: str = "") -> HttpResponse:
    """Hand out the proof of such a component, its salt included."""
    return _proof(component_file(_find(identifier, number), label))


def _find(identifier: str, number: str) -> Found:
    return find(parse_record(identifier), int(number) if number else None)


def _content(request: HttpRequest, file: File) -> HttpResponse:
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


def _proof(file: File) -> HttpResponse:
    response = HttpResponse(proof_of(file.component), content_type="text/plain; charset=utf-8")
    name = content_disposition_header(as_attachment=True, filename=file.name + PROOF_SUFFIX)
    response["Content-Disposition"] = name or ""
    response["Cache-Control"] = "no-cache"
    return response
