"""Takes in what witnesses signed: into the archive, and onto the published checkpoint where it is still the newest."""

from pathlib import Path

from yangguang.ledger.checkpoint import read_checkpoint
from yangguang.ledger.cosignatures import latest_only
from yangguang.ledger.errors import HeadForkedError
from yangguang.ledger.files import MACHINE, Files
from yangguang.ledger.notes import parse_note
from yangguang.ledger.public import PublicFolder
from yangguang.ledger.reader import Log


def archive_cosigned(log: Path, note: bytes, *, files: Files = MACHINE) -> None:
    """Keep the cosigned checkpoint `note` of a log that no writer has open, and publish it if it is the newest.

    With a writer open, `Writer.archive_cosigned` does the same; between the two a newer checkpoint could be replaced.

    Args:
        log: The public folder.
        note: Signed by the log, cosigned by witnesses whose lines the caller has verified.
        files: The file system; another than the machine's only in tests.

    Raises:
        WriterBusyError: a writer has the log open.
        HeadForkedError: it is not a checkpoint of this log.
        NotInLogError: the log is not as large yet.
        MalformedNoteError: it is not a checkpoint.
        LogDamagedError: public files are missing or malformed.
    """
    lock = files.lock(log)
    try:
        keep_cosigned(PublicFolder(log, files), Log(log, files), note)
    finally:
        lock.release()


def keep_cosigned(public: PublicFolder, log: Log, note: bytes) -> None:
    """Do what `archive_cosigned` promises, the caller holding the log's lock."""
    parsed = parse_note(note)
    checkpoint = read_checkpoint(parsed)
    present = log.checkpoint_note()
    origin = log.checkpoint().origin
    if checkpoint.origin != origin or log.root(checkpoint.size) != checkpoint.root:
        raise HeadForkedError(
            f"a cosigned checkpoint of {checkpoint.origin} with {checkpoint.size} entries, root "
            f"{checkpoint.root.hex()}, is not one of the log {origin}: keep it as evidence"
        )
    whole = log.archive.store(note)
    if parse_note(present).text == parsed.text:
        # Archived first: whatever readers see cosigned is never forgotten.
        public.replace_checkpoint(latest_only(whole))
