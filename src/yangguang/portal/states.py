"""A record's present state for programs: revisions, withdrawals and erasures, by the log; and what brackets its time.

A proof tells what was published and cannot tell what happened since; this can, by the word of the node that answers.
"""

from itertools import islice

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from yangguang.catalogue import queries as catalogue
from yangguang.catalogue.types import LoggedEvent, Revision
from yangguang.law.errors import UnknownGroundError
from yangguang.law.queries import ground
from yangguang.portal.finding import parse_record
from yangguang.portal.node import log

EARLIER_NOTES = 3
"""How many checkpoints from before an entry are told: the newest ones that witnesses cosigned."""


@require_safe
def state(_request: HttpRequest, identifier: str) -> HttpResponse:
    """Tell a record's state as JSON: newest revision, what was withdrawn or erased when, and on which ground."""
    known = parse_record(identifier)
    now = catalogue.record(known)
    if now is None:
        raise Http404(f"no record {identifier}")
    said = {
        "id": now.id,
        "status": now.status.value,
        "revision": now.revision,
        "revisions": [_revision(revision) for revision in catalogue.revisions(known)],
    }
    response = JsonResponse(said, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "no-cache"
    # A verify page from a package asks from wherever it lies.
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def last_word(revision: Revision, label: str) -> LoggedEvent | None:
    """Return the entry that withdrew or erased the component `label` of `revision`, or None where it is public."""
    return revision.closed or revision.erased.get(label)


def ground_name(code: str) -> str:
    """Return the name of a legal ground; its code where the law's data no longer knows it."""
    try:
        return ground(code).name if code else ""
    except UnknownGroundError:
        return code


def earlier_notes(index: int) -> tuple[bytes, ...]:
    """Return the newest cosigned checkpoints of the log from before entry `index`: until then it was not there."""
    archive = log().archive
    notes = (archive.note(size) for size in islice(archive.sizes(0, index, newest_first=True), EARLIER_NOTES))
    return tuple(note for note in notes if note is not None)


def _revision(revision: Revision) -> dict[str, object]:
    return {
        "number": revision.number,
        "index": revision.published.index,
        "claimed_at": revision.published.event.claimed_at,
        "closed": _closing(revision.closed) if revision.closed else None,
        "erased": {label: _closing(erasing) for label, erasing in revision.erased.items()},
        "before": [note.decode() for note in earlier_notes(revision.published.index)],
    }


def _closing(logged: LoggedEvent) -> dict[str, object]:
    event = logged.event
    return {
        "type": event.type.value,
        "index": logged.index,
        "claimed_at": event.claimed_at,
        "ground": event.ground,
        "ground_name": ground_name(event.ground),
        "decided_by": event.decided_by,
    }
