"""Uploads that are looked at and not kept: hashed as they arrive, never on disk, never whole in memory."""

import hashlib
from io import BytesIO

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers

MAX_EVIDENCE_BYTES = 1_048_576
"""Proofs and trust files are smaller; of a larger file only the digest is kept."""


class Digested(UploadedFile):  # type: ignore[type-arg] # generic in the stubs only
    """An upload of which the digest was kept, and its bytes where they are few enough to be a proof."""

    def __init__(self, name: str, size: int, sha256: bytes, evidence: bytes) -> None:
        super().__init__(BytesIO(), name, size=size)
        self.sha256 = sha256
        self.evidence = evidence


class DigestingHandler(FileUploadHandler):
    """Hashes uploads up to `max_bytes`; what lies beyond is read and dropped."""

    chunk_size = 64 * 1024

    def __init__(self, max_bytes: int) -> None:
        super().__init__()
        self._max_bytes = max_bytes

    def new_file(
        self,
        field_name: str,
        file_name: str,
        content_type: str,
        content_length: int | None,
        charset: str | None = None,
        content_type_extra: dict[str, bytes] | None = None,
    ) -> None:
        """Begin a file, and let no other handler have it."""
        super().new_file(field_name, file_name, content_type, content_length, charset, content_type_extra)
        self._hash = hashlib.sha256()
        self._evidence = bytearray()
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take a piece of the file."""
        if start <= self._max_bytes:
            self._hash.update(raw_data)
        if start < MAX_EVIDENCE_BYTES:
            self._evidence += raw_data

    def file_complete(self, file_size: int) -> Digested:
        """Return what was kept."""
        evidence = bytes(self._evidence) if file_size <= MAX_EVIDENCE_BYTES else b""
        return Digested(self.file_name or "", file_size, self._hash.digest(), evidence)
