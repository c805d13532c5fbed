"""Public pages against entries, both ways: pages nobody logged, entries nobody shows, erasures not honoured, contents.

Everything is fetched as any citizen would; what a page says of itself counts for nothing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import unescape
from urllib.parse import urlsplit

from yangguang.exchange.addresses import PROOF_SUFFIX, component_address
from yangguang.exchange.contents import MAX_CONTENT_BYTES, fetch
from yangguang.exchange.errors import FaultError
from yangguang.exchange.monitoring_state import ERASED, Knowledge, Known
from yangguang.exchange.monitoring_types import Concern, Monitoring
from yangguang.exchange.types import AlarmKind, Answer, Wanted
from yangguang.kernel.errors import YangguangError
from yangguang.kernel.identifiers import RecordId
from yangguang.ledger.queries import Log
from yangguang.records.queries import decode_event

MAX_PAGE_BYTES = 1 << 26
"""Longest page or site map read: a site map has at most 50 MB (sitemaps.org protocol 0.9)."""

MOST_NEW = 2_000
"""New records looked at in one round, beside the sample."""

_OK, _GONE = 200, 410
_LOCATION = re.compile(r"<loc>([^<]{1,2048})</loc>")
_LINK = re.compile(r'href="([^"]{1,2048})"')
_SITE_MAP = re.compile(r"/sitemap-[0-9]{1,6}\.xml")
_RECORD = re.compile(r"/records/([a-z2-7]{26})(?![a-z2-7])")
_COLUMN = re.compile(r"/xxgk/[^/?#]{1,80}/")


@dataclass(frozen=True, slots=True)
class Site:
    """What is compared: the node's address, the monitor's copy of its log, what is known of the records."""

    url: str
    log: Log
    knowledge: Knowledge
    since: int
    """Entries from here on were new in this round: their records are looked at without exception."""


def compare(site: Site, how: Monitoring, counts: dict[str, int]) -> Iterator[Concern]:
    """Yield where pages and entries differ.

    Raises:
        UnreachableError: the node stopped answering.
    """
    live = {known.id: known for known in site.knowledge.records(live=True)}
    closed = {known.id: known for known in site.knowledge.records(live=False)}
    listed = _listed(site, how)
    counts["addresses"] = len(listed)
    yield from _unlogged(site, how, listed, live.keys() | closed.keys())
    for record in sorted(listed & closed.keys()):
        yield Concern(AlarmKind.ERASURE, f"/records/{record}", "it was withdrawn or erased, and is listed still")
    for record in sorted(live.keys() - listed):
        message = "the log made it public, and no site map lists it"
        yield Concern(AlarmKind.MISSING, f"/records/{record}", message, _entry(site, live[record].content))
    shown = _chosen(site, how, tuple(live.values()))
    hidden = _chosen(site, how, tuple(closed.values()))
    counts["pages"], counts["closed"] = len(shown), len(hidden)
    for place, known in enumerate(shown):
        yield from _live(site, how, known)
        how.progress("pages", place + 1, len(shown))
    for known in hidden:
        yield from _closed(site, how, known)
    yield from _erased_parts(site, how)
    yield from _contents(site, how, shown, counts)


def _listed(site: Site, how: Monitoring) -> set[RecordId]:
    """Return every record that the node's site maps, home page and columns name."""
    addresses = _addresses(site, how, "/sitemap.xml", _LOCATION)
    maps = sorted({path for path in addresses if _SITE_MAP.fullmatch(path)})
    for place, path in enumerate(maps):
        addresses |= _addresses(site, how, path, _LOCATION)
        how.progress("site maps", place + 1, len(maps))
    for path in ("/", *sorted(path for path in addresses if _COLUMN.fullmatch(path))):
        addresses |= _addresses(site, how, path, _LINK)
    return {RecordId(match[1]) for path in addresses if (match := _RECORD.match(path))}


def _addresses(site: Site, how: Monitoring, path: str, pattern: re.Pattern[str]) -> set[str]:
    answer = how.transport.get(site.url + path, limit=MAX_PAGE_BYTES)
    text = answer.body.decode("utf-8", "replace") if answer.status == _OK else ""
    return {urlsplit(unescape(found)).path for found in pattern.findall(text)}


def _unlogged(site: Site, how: Monitoring, listed: set[RecordId], known: Iterable[RecordId]) -> Iterator[Concern]:
    for record in sorted(listed.difference(known)):
        path = f"/records/{record}"
        answer = how.transport.get(site.url + path, limit=MAX_PAGE_BYTES)
        evidence = {"answer.txt": _said(site.url + path, answer), "checkpoint.note": site.log.checkpoint_note()}
        if answer.status == _OK:
            evidence["answer.html"] = answer.body
        message = f"the node shows or lists it (status {answer.status}), and no entry of the log speaks of it"
        yield Concern(AlarmKind.PAGE, path, message, evidence)


def _live(site: Site, how: Monitoring, known: Known) -> Iterator[Concern]:
    path = f"/records/{known.id}"
    answer = how.transport.get(site.url + path, limit=MAX_PAGE_BYTES)
    if answer.status != _OK:
        evidence = {"answer.txt": _said(site.url + path, answer), **_entry(site, known.content)}
        message = f"entry {known.content} made it public, and its page answers {answer.status}"
        yield Concern(AlarmKind.MISSING, path, message, evidence)


def _closed(site: Site, how: Monitoring, known: Known) -> Iterator[Concern]:
    """Ask for everything a closed record ever offered: pages, renditions, attachments, proofs."""
    paths = [f"records/{known.id}", f"records/{known.id}.zip"]
    paths += [f"records/{known.id}/r{revision}" for revision in range(1, known.revision + 1)]
    for wanted in _components(site, known):
        address = component_address(wanted)
        paths += [address, address + PROOF_SUFFIX]
    what = "erased" if known.status == ERASED else "withdrew"
    yield from _must_be_gone(site, how, paths, f"entry {known.newest} {what} it", known.newest)


def _erased_parts(site: Site, how: Monitoring) -> Iterator[Concern]:
    """Ask for erased parts of records that are public otherwise."""
    parts = site.knowledge.erased(partly=True)
    for record, revision, label in how.chance.sample(parts, min(how.sample, len(parts))):
        known = site.knowledge.record(record)
        address = component_address(Wanted(b"", record, revision, label, 0))
        index = known.newest if known else 0
        yield from _must_be_gone(site, how, [address, address + PROOF_SUFFIX], f"{label} was erased", index)


def _must_be_gone(site: Site, how: Monitoring, paths: Sequence[str], why: str, index: int) -> Iterator[Concern]:
    for path in paths:
        answer = how.transport.get(f"{site.url}/{path}", limit=MAX_CONTENT_BYTES)
        if answer.status != _GONE:
            # The bytes are not kept as evidence: they may be what the law wants erased. Their digest is.
            evidence = {"answer.txt": _said(f"{site.url}/{path}", answer), **_entry(site, index)}
            yield Concern(AlarmKind.ERASURE, f"/{path}", f"{why}, and it answers {answer.status}, not 410", evidence)


def _contents(site: Site, how: Monitoring, shown: Sequence[Known], counts: dict[str, int]) -> Iterator[Concern]:
    """Hold a sample of contents against their commitments, one component of each record chosen."""
    gone = set(site.knowledge.erased(partly=True))
    again = site.knowledge.troubled()
    counts["contents"] = 0
    for known in shown:
        parts = [one for one in _components(site, known) if (known.id, one.revision, one.label) not in gone]
        if not parts:
            continue
        troubled = [one for one in parts if f"/{component_address(one)}" in again]
        for wanted in {*troubled, how.chance.choice(parts)}:
            counts["contents"] += 1
            yield from _content(site, how, wanted)


def _content(site: Site, how: Monitoring, wanted: Wanted) -> Iterator[Concern]:
    place = f"/{component_address(wanted)}"
    try:
        missing = fetch(site.url, how.transport, wanted).found is None
    except FaultError as error:
        yield Concern(error.kind, place, str(error), {**error.evidence, **_entry(site, wanted.index)})
        return
    if missing:
        message = f"entry {wanted.index} commits to it, and it or its proof is not given out"
        yield Concern(AlarmKind.MISSING, place, message, _entry(site, wanted.index))


def _components(site: Site, known: Known) -> list[Wanted]:
    """Return the components of the newest revision of `known`."""
    try:
        event = decode_event(site.log.entry(known.content).data)
    except YangguangError:
        return []
    return [
        Wanted(commitment, known.id, known.revision, label, known.content)
        for label, commitment in sorted(event.commitments.items())
    ]


def _chosen(site: Site, how: Monitoring, records: Sequence[Known]) -> tuple[Known, ...]:
    """Return the records with new entries or with trouble in earlier rounds, and a sample of the others."""
    again = {match[1] for place in site.knowledge.troubled() if (match := _RECORD.match(place))}
    old = [known for known in records if known.newest < site.since and known.id not in again]
    new = [known for known in records if known.newest >= site.since and known.id not in again][:MOST_NEW]
    must = [known for known in records if known.id in again]
    return (*must, *new, *how.chance.sample(old, min(how.sample, len(old))))


def _entry(site: Site, index: int) -> dict[str, bytes]:
    return {"entry.json": site.log.entry(index).data, "checkpoint.note": site.log.checkpoint_note()}


def _said(address: str, answer: Answer) -> bytes:
    digest = sha256(answer.body).hexdigest()
    return f"GET {address}\nstatus {answer.status}\nbytes {len(answer.body)}\nsha256 {digest}\n".encode()
