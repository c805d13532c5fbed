"""``/verify``: is this file what was published? The page's script answers in the browser; a form without it, here.

Nothing that is uploaded is kept: a file is hashed as it arrives, and only its digest is looked at.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from yangguang.catalogue import queries as catalogue
from yangguang.catalogue.types import Component, LoggedEvent, Revision
from yangguang.kernel.clock import from_unix
from yangguang.kernel.errors import BadIdentifierError, YangguangError
from yangguang.kernel.identifiers import parse_record_id
from yangguang.ledger.errors import BadPathError, BadSignatureError, MalformedError, QuorumMissedError
from yangguang.ledger.queries import bracket, parse_policy
from yangguang.ledger.types import Bracket, Policy
from yangguang.portal.context import script_version
from yangguang.portal.files import proof_of, trust
from yangguang.portal.meta import search_column
from yangguang.portal.node import blobs, log, node
from yangguang.portal.states import ground_name, last_word
from yangguang.portal.uploads import Digested, DigestingHandler
from yangguang.records.errors import OtherFileError, ProofError
from yangguang.records.queries import verify_digest
from yangguang.records.types import Proven

SCRIPTS = ("hashes.js", "ed25519.js", "proof.js", "package.js", "page.js")
"""In the order in which they need each other."""

VERDICTS = (
    "genuine",
    "pending",
    "changed",
    "bad-proof",
    "why-proof",
    "why-signature",
    "why-quorum",
    "why-path",
    "why-leaf",
    "not-found",
    "no-proof",
    "no-connection",
    "no-policy",
    "no-file",
    "unreadable",
    "working",
    "trust-site",
    "trust-package",
    "trust-own",
    "current",
    "superseded",
    "withdraw",
    "erase",
    "unknown",
    "unasked",
    "from",
)
"""What the script can say, by the names of ``_says.html``."""

MAX_UPLOAD_BYTES = 256 * 1024 * 1024
"""A larger file is not read to its end; the script and the command line have no such limit."""

MAX_PROOFS = 5
_STEPS: Mapping[type[Exception], str] = {
    MalformedError: "proof",
    BadSignatureError: "signature",
    QuorumMissedError: "quorum",
    BadPathError: "path",
}
_EXAMINED = 20
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said, by its name in ``_says.html``, the values in it, and the record's present state."""

    what: str
    slots: dict[str, object] = field(default_factory=dict)
    state: "Verdict | None" = None


class Blank:
    """Slots without values: places for the script to fill."""

    def __getitem__(self, name: str) -> SafeString:
        """Return the empty place called `name`."""
        return format_html('<span data-slot="{}"></span>', name)


@require_http_methods(["GET", "HEAD", "POST"])
def verify_page(request: HttpRequest) -> HttpResponse:
    """Verify a file in the browser; without scripts, POST it here: it is hashed and not kept."""
    verdict = _judge(request) if request.method == "POST" else None
    context = {
        "column": search_column(node().name),
        "verdict": verdict,
        "says": VERDICTS,
        "blank": Blank(),
        "scripts": SCRIPTS,
        "version": script_version(),
        "here": "/verify",
    }
    response = render(request, "portal/verify.html", context)
    response["Content-Security-Policy"] = _PAGE_POLICY
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def proofs(_request: HttpRequest, digest: str) -> HttpResponse:
    """List the proofs of the public files with this SHA-256, at most five; none for what was withdrawn or erased."""
    if _SHA256.fullmatch(digest) is None:
        raise Http404(f"{digest[:80]!r} is not a SHA-256 in lower-case hex")
    found = [proof.decode() for proof in _proofs_of(bytes.fromhex(digest))]
    response = JsonResponse({"proofs": found})
    response["Cache-Control"] = "no-store"
    return response


def _proofs_of(digest: bytes) -> tuple[bytes, ...]:
    """Return the proofs of everything public that has this digest.

    What was withdrawn is left out: its commitment hides it only as long as nobody is told whether a guess is right.
    """
    found = []
    for stored in blobs().with_digest(digest, limit=_EXAMINED):
        component = _public_component(stored.owner, stored.commitment)
        if component is not None:
            found.append(proof_of(component))
        if len(found) == MAX_PROOFS:
            break
    return tuple(found)


def _public_component(owner: str, commitment: bytes) -> Component | None:
    try:
        record = parse_record_id(owner)
    except BadIdentifierError:
        return None
    for revision in catalogue.revisions(record):
        if revision.closed is None:
            for component in revision.components.values():
                if component.commitment == commitment and component.label not in revision.erased:
                    return component
    return None


def _judge(request: HttpRequest) -> Verdict:
    request.upload_handlers = [DigestingHandler(MAX_UPLOAD_BYTES)]
    file, beside = request.FILES.get("file"), request.FILES.get("proof")
    if not isinstance(file, Digested):
        return Verdict("no-file")
    slots: dict[str, object] = {"name": file.name}
    if (file.size or 0) > MAX_UPLOAD_BYTES:
        return Verdict("too-large", slots)
    given, own = _sorted(beside.evidence if isinstance(beside, Digested) else b"")
    policy = own or trust()
    if policy is None:
        return Verdict("no-policy")
    slots["trust"] = _said("trust-own" if own else "trust-site")
    return _verdict(file.sha256, given, policy, slots)


def _verdict(digest: bytes, given: tuple[bytes, ...], policy: Policy, slots: dict[str, object]) -> Verdict:
    """Return what the proofs given, and then the site's own, show of the file with this digest."""
    refusal: ProofError | None = None
    for proof in (*given, *_proofs_of(digest)):
        try:
            return _genuine(verify_digest(digest, proof, policy), policy, slots)
        except ProofError as error:
            refusal = refusal or error
    if refusal is None:
        return Verdict("not-found", slots)
    if isinstance(refusal, OtherFileError):
        return Verdict("changed", slots)
    step = next((step for kind, step in _STEPS.items() if isinstance(refusal.__cause__, kind)), "leaf")
    return Verdict("bad-proof", {**slots, "why": _said(f"why-{step}")})


def _sorted(evidence: bytes) -> tuple[tuple[bytes, ...], Policy | None]:
    """Return what was sent beside the file as proofs or as a policy."""
    if not evidence:
        return (), None
    try:
        return (), parse_policy(evidence.decode("utf-8", "surrogateescape"))
    except YangguangError:
        return (evidence,), None


def _genuine(proven: Proven, policy: Policy, slots: dict[str, object]) -> Verdict:
    event, logged = proven.event, proven.logged
    times = _bracket(logged.index, logged.origin, policy)
    values: dict[str, object] = {
        "record": format_html('<a href="/records/{0}/r{1}">{0}</a>', event.id, event.revision),
        "revision": event.revision,
        "label": proven.label,
        "unit": event.unit,
        "origin": logged.origin,
        "index": logged.index,
        "size": logged.size,
        "claimed": _moment(event.claimed_at),
        "from": _moment(times.not_before),
        "until": _moment(times.no_later_than),
        "readable": _moment(times.readable_by),
        "witnesses": ", ".join(logged.witnesses),
        "pending": "" if logged.witnesses else _said("pending"),
    }
    return Verdict("genuine", {**slots, **values}, _state(proven))


def _bracket(index: int, origin: str, policy: Policy) -> Bracket:
    if origin != node().origin:
        return Bracket(None, None, None, ())
    return bracket(log(), index, policy)


def _state(proven: Proven) -> Verdict:
    event = proven.event
    revisions = catalogue.revisions(event.id) if event.id and proven.logged.origin == node().origin else ()
    own = next((revision for revision in revisions if revision.number == event.revision), None)
    if own is None:
        return Verdict("unknown")
    closing = last_word(own, proven.label)
    if closing is not None:
        return _closed(closing)
    newest: Revision = revisions[0]
    if newest.number == own.number:
        return Verdict("current")
    link = format_html('<a href="/records/{}">{}</a>', event.id, newest.number)
    return Verdict("superseded", {"newest": link})


def _closed(closing: LoggedEvent) -> Verdict:
    event = closing.event
    return Verdict(
        event.type.value,
        {"on": _moment(event.claimed_at), "index": closing.index, "ground": ground_name(event.ground)},
    )


def _said(what: str) -> SafeString:
    return render_to_string("portal/_says.html", {"what": what, "slots": {}})


def _moment(seconds: int | None) -> str:
    return "" if seconds is None else f"{from_unix(seconds):%Y-%m-%d %H:%M:%S} +08:00"
