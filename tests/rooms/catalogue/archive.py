"""A small node made through the doors, so that no test can describe an impossible state.

Time and identifiers come from counters: two archives with the same calls differ in nothing but salts.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from yangguang.blobs.commands import erase, put_all
from yangguang.blobs.queries import Blobs
from yangguang.catalogue.commands import advance, drop
from yangguang.kernel.identifiers import RecordId, new_record_id
from yangguang.ledger.commands import create, generate_key, open_writer
from yangguang.ledger.queries import Log, open_log, policy_for, verifier_key
from yangguang.records.queries import (
    BODY,
    META,
    RENDITIONS,
    attachment_label,
    encode_body,
    encode_event,
    encode_metadata,
)
from yangguang.records.types import (
    Agency,
    Attachment,
    Body,
    Content,
    Event,
    EventType,
    Kind,
    Metadata,
    Paragraph,
)

FIRST_MOMENT = 1_760_000_000
UNIT = "113701120041890146"
BUREAU = Agency("ys-edu", "云溪县教育体育局", UNIT)


def metadata(title: str = "云溪县教育体育局关于做好春季招生工作的通知", **fields: object) -> Metadata:
    """Return metadata of a document of `BUREAU` in the column 履职依据, with `fields` in place of the defaults."""
    stated: dict[str, object] = {
        "kind": Kind.DOCUMENT,
        "agency": BUREAU,
        "published_on": date(2026, 3, 2),
        "formed_on": date(2026, 2, 27),
        "column": "legal-basis",
        "document_number": "云教发〔2026〕3号",
        "index_number": f"{UNIT}/2026-00003",
        "issuers": ("云溪县教育体育局",),
        "source": "云溪县人民政府网",
    }
    return Metadata(title=title, **{**stated, **fields})  # type: ignore[arg-type] # tests name fields freely


def body(*paragraphs: str) -> Body:
    """Return a body of plain paragraphs."""
    return Body(tuple(Paragraph(text) for text in paragraphs or ("各学校：", "现将有关事项通知如下。")))


def labels_as_text(content: Content, label: str) -> bytes:
    """Render nothing but label and title: enough where the bytes of a format do not matter."""
    return f"{label}: {content.metadata.title} r{content.revision}".encode()


class Archive:
    """A log, a store and a catalogue in one folder.

    Args:
        folder: Empty; becomes the node's home.
        render: Makes the renditions of a revision.
        origin: Name of the log.
    """

    def __init__(
        self,
        folder: Path,
        render: Callable[[Content, str], bytes] = labels_as_text,
        origin: str = "example.org/xxgk",
    ) -> None:
        self.home = folder
        self._render = render
        signer = generate_key(folder / "log.key", name=origin)
        create(log=folder / "log", head=folder / "head.sqlite3", origin=origin, signer=signer)
        self.policy = policy_for(verifier_key(signer))
        self._writer = open_writer(log=folder / "log", head=folder / "head.sqlite3", signer=signer)
        self._revisions: dict[RecordId, int] = {}
        self._newest: dict[RecordId, int] = {}
        self._moment = FIRST_MOMENT

    @property
    def log(self) -> Log:
        return open_log(self.home / "log")

    @property
    def blobs(self) -> Blobs:
        return Blobs(self.home / "blobs")

    def publish(
        self,
        record: Metadata | None = None,
        text: Body | None = None,
        files: Sequence[tuple[str, str, bytes]] = (),
    ) -> RecordId:
        """Publish a first revision; `files` are (name, media type, bytes)."""
        return self.publish_all([record or metadata()], text or body(), files)[0]

    def publish_all(
        self, records: Sequence[Metadata], text: Body, files: Sequence[tuple[str, str, bytes]] = ()
    ) -> list[RecordId]:
        """Publish many records in one batch."""
        identifiers = [self._identifier(position) for position in range(len(records))]
        leaves = [
            self._leaf(EventType.PUBLISH, identifier, record, text, files)
            for identifier, record in zip(identifiers, records, strict=True)
        ]
        first = self._writer.append(leaves).first
        self._newest |= {identifier: first + place for place, identifier in enumerate(identifiers)}
        return identifiers

    def revise(self, identifier: RecordId, record: Metadata, text: Body | None = None) -> int:
        """Publish the next revision; return its entry's index."""
        return self._append(identifier, self._leaf(EventType.REVISE, identifier, record, text or body(), ()))

    def close(self, identifier: RecordId, what: EventType, **fields: object) -> int:
        """Log a withdrawal, restoration or erasure of the newest revision; return the entry's index."""
        event = Event(
            type=what,
            claimed_at=self._tick(),
            id=identifier,
            previous=self._newest[identifier],
            unit=UNIT,
            **{"revision": self._revisions[identifier], **fields},  # type: ignore[arg-type] # tests name fields freely
        )
        return self._append(identifier, encode_event(event))

    def withdraw(self, identifier: RecordId, ground: str = "third_party") -> int:
        """Log a withdrawal; return the entry's index."""
        return self.close(identifier, EventType.WITHDRAW, ground=ground)

    def restore(self, identifier: RecordId) -> int:
        """Log a restoration; return the entry's index."""
        return self.close(identifier, EventType.RESTORE)

    def erase(
        self, identifier: RecordId, commitments: Sequence[bytes], labels: Sequence[str], revision: int = 1
    ) -> int:
        """Log an erasure, then destroy contents and salts; return the entry's index."""
        index = self.close(
            identifier, EventType.ERASE, ground="third_party", components=tuple(sorted(labels)), revision=revision
        )
        erase(self.home / "blobs", commitments)
        return index

    def project(self, limit: int = 1000) -> None:
        """Bring the catalogue up to date."""
        while advance(self.log, self.blobs, limit=limit):
            pass

    def rebuild(self) -> None:
        """Drop the catalogue and project it again."""
        drop()
        self.project()

    def append(self, leaf: bytes) -> int:
        """Log any leaf; return its index."""
        return self._writer.append([leaf]).first

    def keep_cosigned(self, note: bytes) -> None:
        """Archive and publish a checkpoint that witnesses cosigned."""
        self._writer.archive_cosigned(note)

    def shut(self) -> None:
        """Let go of the log."""
        self._writer.close()

    def _append(self, identifier: RecordId, leaf: bytes) -> int:
        self._newest[identifier] = self._writer.append([leaf]).first
        return self._newest[identifier]

    def _leaf(
        self,
        what: EventType,
        identifier: RecordId,
        record: Metadata,
        text: Body,
        files: Sequence[tuple[str, str, bytes]],
    ) -> bytes:
        self._revisions[identifier] = self._revisions.get(identifier, 0) + 1
        attached = tuple(Attachment(n, m, len(raw), hashlib.sha256(raw).hexdigest()) for n, m, raw in files)
        stated = Metadata(**{name: getattr(record, name) for name in record.__slots__} | {"attachments": attached})
        content = Content(identifier, self._revisions[identifier], stated, text)
        items = [(META, encode_metadata(stated)), (BODY, encode_body(text))]
        items += [(attachment_label(position), raw) for position, (_, _, raw) in enumerate(files)]
        items += [(label, self._render(content, label)) for label in RENDITIONS]
        openings = put_all(self.home / "blobs", items, owners=[identifier] * len(items))
        return encode_event(
            Event(
                type=what,
                claimed_at=self._tick(),
                id=identifier,
                revision=content.revision,
                previous=self._newest.get(identifier),
                unit=record.agency.uscc,
                formed_on=record.formed_on,
                commitments={opening.label: opening.commitment for opening in openings},
            )
        )

    def _identifier(self, position: int) -> RecordId:
        seed = f"{len(self._newest) + position}".encode()
        return new_record_id(lambda size: hashlib.sha256(seed).digest()[:size])

    def _tick(self) -> int:
        self._moment += 3600
        return self._moment
