"""What a revision offers for download: every file with its name for people, its address, its bytes and its proof."""

import logging
from dataclasses import dataclass

from django.http import Http404

from yangguang.catalogue.types import Component
from yangguang.formats.queries import MEDIA_TYPES
from yangguang.ledger.errors import MalformedPolicyError
from yangguang.ledger.queries import parse_policy
from yangguang.ledger.types import Policy
from yangguang.portal.errors import GoneError
from yangguang.portal.finding import Found, metadata_of
from yangguang.portal.layout import file_addresses
from yangguang.portal.node import blobs, log, node
from yangguang.records.queries import BODY, META, RENDITIONS, attachment_label, proof_extra
from yangguang.records.types import Attachment

FILE_NAME_CHARACTERS = 60
"""Longest stem of a file name: 255 bytes are the limit of most file systems, a character takes three."""

_LOG = logging.getLogger("yangguang.portal")
_OPAQUE = "application/octet-stream"
_SAFE_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain")
_NOT_IN_NAMES = str.maketrans(dict.fromkeys('\\/:*?"<>|', "_"))


@dataclass(frozen=True, slots=True)
class File:
    """A component as a file: its name for people, media type, and path without host."""

    component: Component
    name: str
    media_type: str
    address: str


def stem(found: Found) -> str:
    """Return what the names of a revision's files begin with: title and revision."""
    title = safe_name(metadata_of(found).title[:FILE_NAME_CHARACTERS])
    return f"{title or found.state.id}_r{found.revision.number}"


def safe_name(text: str) -> str:
    """Return `text` as a file system takes it; may be empty."""
    return text.translate(_NOT_IN_NAMES).strip(" .")


def rendition_file(found: Found, label: str) -> File:
    """Return the rendition `label` of the revision found.

    Raises:
        Http404: there is none.
        GoneError: it was erased.
    """
    component = None if label in {META, BODY} else found.revision.components.get(label)
    if component is None:
        raise Http404(f"record {found.state.id} has no rendition {label!r}")
    _refuse_erased(found, label)
    return File(component, f"{stem(found)}.{label}", MEDIA_TYPES.get(label, _OPAQUE), f"{found.address}.{label}")


def attachment_file(found: Found, name: str) -> File | None:
    """Return the attachment `name` of the revision found, or None where there is none.

    Raises:
        GoneError: it was erased.
    """
    for position, attached in enumerate(metadata_of(found).attachments):
        if attached.name == name:
            return _attached(found, position, attached)
    return None


def component_file(found: Found, label: str) -> File:
    """Return the component `label` of the revision found as mirrors fetch it: metadata and body in their one encoding.

    Raises:
        Http404: there is none.
        GoneError: it was erased.
    """
    component = found.revision.components.get(label)
    if component is None:
        raise Http404(f"record {found.state.id} has no component {label!r}")
    _refuse_erased(found, label)
    media_type = "application/json" if label in {META, BODY} else _OPAQUE
    name = f"{found.state.id}_r{found.revision.number}.{label}"
    return File(component, name, media_type, f"{found.address}/{label}")


def files_of(found: Found) -> tuple[File, ...]:
    """Return everything the revision found offers: renditions in the public's order, then attachments."""
    labels = [label for label in (*RENDITIONS, *sorted(found.revision.components)) if _is_rendition(found, label)]
    files = [rendition_file(found, label) for label in dict.fromkeys(labels)]
    for position, attached in enumerate(metadata_of(found).attachments):
        if attachment_label(position) not in found.revision.erased:
            files.append(_attached(found, position, attached))
    return tuple(files)


def proof_of(component: Component) -> bytes:
    """Return the proof of a component: under the earliest cosigned checkpoint, where one satisfies the trust file.

    Raises:
        BlobsError: the store does not give its salt back.
        LedgerError: the log cannot be read.
    """
    salt = blobs().opening(component.commitment).salt
    reader = log()
    extra = proof_extra(reader.entry(component.index).data, component.label, salt)
    return reader.prove(component.index, extra=extra, policy=trust())


def trust() -> Policy | None:
    """Return the policy this node ships to verifiers; None where its file is damaged, so that reading goes on."""
    try:
        return parse_policy(node().policy.read_text("utf-8", "surrogateescape"))
    except (MalformedPolicyError, OSError) as error:
        _LOG.error("the trust file cannot be read: %s", error)
        return None


def _attached(found: Found, position: int, attached: Attachment) -> File:
    label = attachment_label(position)
    _refuse_erased(found, label)
    media_type = attached.media_type if attached.media_type in _SAFE_TYPES else _OPAQUE
    address = file_addresses(found.address, (attached.name,))[attached.name]
    return File(found.revision.components[label], attached.name, media_type, address)


def _is_rendition(found: Found, label: str) -> bool:
    known = label in found.revision.components and label not in found.revision.erased
    return known and label not in {META, BODY} and "." not in label


def _refuse_erased(found: Found, label: str) -> None:
    erasing = found.revision.erased.get(label)
    if erasing is not None:
        raise GoneError(erasing)
