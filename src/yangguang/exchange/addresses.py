"""The public addresses of another node that a pull reads; every node has the same (docs/reference/addresses.md)."""

from yangguang.exchange.types import Wanted
from yangguang.records.queries import BODY, META

CHECKPOINT = "log/checkpoint"
PROOF_SUFFIX = ".tlog-proof"


def tile_address(path: str) -> str:
    """Return the address, below a node's own, of the tile or bundle `path`."""
    return f"log/{path}"


def component_address(wanted: Wanted) -> str:
    """Return the address, below a node's own, of a component's bytes; its proof follows with `PROOF_SUFFIX`."""
    # Renditions have the address the public knows; attachments go by label, since their names may shadow each other.
    separator = "/" if wanted.label in {META, BODY} or wanted.label.startswith("att.") else "."
    return f"records/{wanted.record}/r{wanted.revision}{separator}{wanted.label}"
