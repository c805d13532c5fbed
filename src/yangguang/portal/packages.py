"""``/records/<id>.zip``: a revision with everything that proves it, and a page that verifies it from a USB stick."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from yangguang.kernel.clock import from_unix
from yangguang.portal.files import File, files_of, proof_of, safe_name, stem
from yangguang.portal.finding import Found, answers_for_records, find, metadata_of, parse_record
from yangguang.portal.node import blobs, node
from yangguang.portal.states import earlier_notes
from yangguang.portal.verifying import SCRIPTS, VERDICTS, Blank
from yangguang.portal.zipping import MAX_BYTES, Member, archive, archive_size

WHOLE_BYTES = 32 * 1024 * 1024
"""A larger package is sent member by member."""

_FOLDER = Path(__file__).parent / "static" / "portal" / "verify"
_NEVER_ASKED = frozenset({"trust-site", "not-found", "no-connection"})
"""What only the site's own page has to say."""


@require_safe
@answers_for_records
def package(request: HttpRequest, identifier: str, number: str = "") -> HttpResponseBase:
    """Hand out the self-verifying package: all formats, attachments, proofs, trust file, and a page that verifies."""
    found = find(parse_record(identifier), int(number) if number else None)
    base = node().base_url.rstrip("/") or request.build_absolute_uri("/").rstrip("/")
    members = _members(found, base)
    size = archive_size(members)
    if size > MAX_BYTES:
        raise Http404(f"the package of {identifier} would have {size} bytes: fetch its files one by one")
    pieces = archive(members, from_unix(found.revision.published.event.claimed_at))
    response: HttpResponseBase
    if size <= WHOLE_BYTES:
        # Read to the end before the answer begins, so that a damaged content is said to be one.
        response = HttpResponse(b"".join(pieces), content_type="application/zip")
    else:
        response = StreamingHttpResponse(pieces, content_type="application/zip")
    name = content_disposition_header(as_attachment=True, filename=f"{stem(found)}.zip")
    response["Content-Disposition"] = name or ""
    response["Content-Length"] = str(size)
    response["Cache-Control"] = "no-cache"
    return response


def _members(found: Found, base: str) -> tuple[Member, ...]:
    folder = stem(found)
    named = _names(files_of(found))
    proofs = {name: proof_of(file.component) for name, file in named.items()}
    policy = node().policy.read_bytes()
    members = [
        _held(f"{folder}/README.txt", _readme(found, base, next(iter(named), ""))),
        _held(f"{folder}/verify.html", verify_html(base, policy, list(proofs.values()), found)),
    ]
    members += [_stored(f"{folder}/record/{name}", file) for name, file in named.items()]
    members += [_held(f"{folder}/proof/{name}.tlog-proof", proof) for name, proof in proofs.items()]
    return (*members, _held(f"{folder}/proof/policy", policy))


def _names(files: Sequence[File]) -> dict[str, File]:
    """Return the files by names that any file system takes, no two alike whatever it thinks of capitals."""
    named: dict[str, File] = {}
    taken: set[str] = set()
    for file in files:
        name = safe_name(file.name) or file.component.label
        if name.casefold() in taken:
            name = f"{file.component.label} {name}"
        taken.add(name.casefold())
        named[name] = file
    return named


def _held(name: str, data: bytes) -> Member:
    return Member(name, len(data), lambda: data)


def _stored(name: str, file: File) -> Member:
    commitment = file.component.commitment
    return Member(name, blobs().opening(commitment).size_bytes, lambda: blobs().content(commitment))


def _readme(found: Found, base: str, example: str) -> bytes:
    context = {
        "title": metadata_of(found).title,
        "number": found.revision.number,
        "address": f"{base}{found.address}",
        "origin": node().origin,
        "index": found.revision.published.index,
        "erased": sorted(found.revision.erased),
        "example": example,
    }
    return render_to_string("portal/package_readme.txt", context).encode()


def verify_html(base: str, policy: bytes, proofs: Sequence[bytes], found: Found) -> bytes:
    """Return the page that verifies a package: one file, which asks nobody unless its reader wants it to.

    Script and style are the same for every package; only the evidence and the address of the site differ.
    """
    evidence = {
        "policy": policy.decode("utf-8", "replace"),
        "proofs": [proof.decode() for proof in proofs],
        "before": [note.decode() for note in earlier_notes(found.revision.published.index)],
    }
    context = {
        "base": base,
        "policy": _security_policy(base),
        "site_name": node().name,
        "origin": node().origin,
        "trust": evidence["policy"],
        "says": _words(),
        "style": _style(),
        "script": _script(),
        "evidence": _data_block(evidence),
    }
    with translation.override("zh-hans"):
        return render_to_string("portal/offline.html", context).encode()


def _security_policy(base: str) -> str:
    """Return the page's own policy: this script and style by their digests, and at most a question to the site."""
    script, style = (_digest(text) for text in (_script(), _style()))
    return f"default-src 'none'; script-src '{script}'; style-src '{style}'; connect-src {base}; base-uri 'none'"


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}"


@cache
def _script() -> SafeString:
    return mark_safe("".join((_FOLDER / name).read_text("utf-8") for name in SCRIPTS))  # noqa: S308 - our own files


@cache
def _style() -> SafeString:
    return mark_safe((_FOLDER / "offline.css").read_text("utf-8"))  # noqa: S308 - our own file


@cache
def _words() -> tuple[tuple[str, str, str], ...]:
    """Return everything the page can say, each in Chinese and in English."""
    return tuple((what, _said(what, "zh-hans"), _said(what, "en")) for what in VERDICTS if what not in _NEVER_ASKED)


def _said(what: str, language: str) -> SafeString:
    with translation.override(language):
        return render_to_string("portal/_says.html", {"what": what, "slots": Blank()})


def _data_block(evidence: Mapping[str, object]) -> SafeString:
    # Nothing in it can end the element: no "<" survives.
    text = json.dumps(evidence, ensure_ascii=False).replace("<", "\\u003c")
    return mark_safe(f'<script type="application/json" id="evidence">{text}</script>')  # noqa: S308 - escaped above
