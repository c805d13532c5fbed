"""From an address to what it names, or to the reason why it cannot be shown."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from yangguang.agencies.errors import UnknownAgencyError
from yangguang.agencies.queries import agency
from yangguang.agencies.types import Agency
from yangguang.blobs.errors import BlobErasedError, BlobsError
from yangguang.catalogue import queries as catalogue
from yangguang.catalogue.types import RecordState, Revision, Status
from yangguang.kernel.clock import from_unix
from yangguang.kernel.errors import BadIdentifierError
from yangguang.kernel.identifiers import RecordId, parse_record_id
from yangguang.law.errors import UnknownGroundError
from yangguang.law.queries import ground
from yangguang.law.types import Ground
from yangguang.ledger.errors import LedgerError
from yangguang.portal.errors import GoneError
from yangguang.portal.meta import search_column
from yangguang.portal.node import blobs, log, node
from yangguang.records.queries import META, decode_metadata
from yangguang.records.types import Metadata

_LOG = logging.getLogger("yangguang.portal")
_Arguments = ParamSpec("_Arguments")
_View = Callable[Concatenate[HttpRequest, _Arguments], HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Found:
    """A record the public may read, the revision that was asked for, and all of them, newest first."""

    state: RecordState
    revision: Revision
    revisions: tuple[Revision, ...]

    @property
    def newest(self) -> bool:
        """Whether no later revision exists."""
        return self.state.revision == self.revision.number

    @property
    def address(self) -> str:
        """Path of the revision, the same for ever."""
        return f"/records/{self.state.id}/r{self.revision.number}"


@dataclass(frozen=True, slots=True)
class Closing:
    """What a page says of a withdrawal or an erasure; all of it is in the log."""

    erased: bool
    on: datetime
    ground: Ground | None
    code: str
    decided_by: str
    index: int


def parse_record(text: str) -> RecordId:
    """Return the identifier in an address.

    Raises:
        Http404: it is none.
    """
    try:
        return parse_record_id(text)
    except BadIdentifierError as error:
        raise Http404(str(error)) from error


def find(identifier: RecordId, number: int | None) -> Found:
    """Return the record `identifier` in revision `number`, the newest without one.

    Raises:
        Http404: there is none.
        GoneError: it was withdrawn or erased.
        BlobsError: its metadata cannot be read.
    """
    state = catalogue.record(identifier)
    revisions = catalogue.revisions(identifier) if state else ()
    revision = next((each for each in revisions if number is None or each.number == number), None)
    if state is None or revision is None:
        raise Http404(f"no record {identifier} in revision {number or 1}")
    if revision.closed is not None:
        raise GoneError(revision.closed)
    if state.status is Status.UNREADABLE:
        # Reading it again names what is wrong: lost, changed, or erased by an entry that is not projected yet.
        blobs().content(state.meta_commitment)
    return Found(state, revision, revisions)


def metadata_of(found: Found) -> Metadata:
    """Return the metadata of the revision found.

    Raises:
        BlobsError: the store does not give it back.
    """
    return decode_metadata(blobs().content(found.revision.components[META].commitment))


def find_agency(code: str) -> Agency:
    """Return the agency in an address.

    Raises:
        Http404: there is none.
    """
    try:
        return agency(code)
    except UnknownAgencyError as error:
        raise Http404(str(error)) from error


def agency_or_none(code: str) -> Agency | None:
    """Return the agency with this code, or None where it is not one of this node's."""
    try:
        return agency(code)
    except UnknownAgencyError:
        return None


def log_size() -> int | None:
    """Return how many entries the log holds; None where it cannot be read, so that reading goes on without proofs."""
    try:
        return log().checkpoint().size
    except LedgerError as error:
        _LOG.error("the log cannot be read, pages show no proofs: %s", error)
        return None


def answers_for_records(view: _View[_Arguments]) -> _View[_Arguments]:
    """Turn what `find` and the store say into pages: 410 with ground and date, 503 where content cannot be read."""

    @wraps(view)
    def answer(request: HttpRequest, /, *args: _Arguments.args, **kwargs: _Arguments.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except GoneError as error:
            return _unavailable(request, "portal/gone.html", 410, _closing(error))
        except BlobErasedError:
            return _unavailable(request, "portal/gone.html", 410, None)
        except BlobsError as error:
            _LOG.error("content cannot be read: %s", error)
            return _unavailable(request, "portal/unreadable.html", 503, None)

    return answer


def _unavailable(request: HttpRequest, template: str, status: int, closing: Closing | None) -> HttpResponse:
    context = {"closing": closing, "column": search_column(node().name)}
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "no-cache"
    return response


def _closing(error: GoneError) -> Closing:
    event = error.closing.event
    try:
        found = ground(event.ground) if event.ground else None
    except UnknownGroundError:
        found = None
    return Closing(
        erased=event.type.value == "erase",
        on=from_unix(event.claimed_at),
        ground=found,
        code=event.ground,
        decided_by=event.decided_by,
        index=error.closing.index,
    )
