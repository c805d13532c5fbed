"""The node among others: has its log cosigned while it is written, mirrors lower logs, answers as a witness."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import overload

from yangguang.editorial.commands import receipt
from yangguang.exchange.commands import (
    GRACE_SECONDS,
    Cosigner,
    Level,
    Web,
    ask,
    newest_elsewhere,
    pull,
    raise_alarm,
)
from yangguang.exchange.errors import NoSuchLowerError
from yangguang.exchange.types import Alarm, AlarmKind, Cosigned, Lower, Pulled, Transport, WitnessAt
from yangguang.kernel.clock import Clock, system_clock, unix_seconds
from yangguang.kernel.errors import YangguangError
from yangguang.ledger.commands import Witness, Writer, generate_key, load_signer
from yangguang.ledger.errors import HeadDisagreesError, HeadForkedError, WitnessAheadError
from yangguang.ledger.queries import CONTENT_MIRROR, cosigner_key, format_verifier_key, open_log, verifier_key
from yangguang.records.types import Receipt
from yangguang.site.errors import SiteError
from yangguang.site.node import Node

ANSWER_SECONDS = 5.0
"""How long a witness is waited for: before the log is opened for writing, and before a node that ends has ended."""

HEARTBEAT_SECONDS = 20 * 3_600
"""Longest time between two signatures under the log, well within the daily one that readers may expect."""

ROUND_SECONDS = 0.5

RETRY_SECONDS = 30.0
"""How long a witness that did not answer, or a mirror that is behind, is left alone."""

KEY = "cosigner.key"
WITNESS = "witness"
MIRROR = CONTENT_MIRROR.removeprefix("/")


class SeenElsewhere(Sequence[bytes]):
    """What the node's witnesses saw of its log last, asked for when it is first looked at.

    Whoever waits for the log to be free tries to open it ten times a second: only who has it asks the witnesses.
    """

    def __init__(self, node: Node) -> None:
        """Take the node."""
        self._node = node
        self._notes: tuple[bytes, ...] | None = None

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[bytes, ...]: ...
    def __getitem__(self, index: int | slice) -> bytes | tuple[bytes, ...]:
        return self._asked()[index]

    def __len__(self) -> int:
        return len(self._asked())

    def _asked(self) -> tuple[bytes, ...]:
        if self._notes is None:
            self._notes = newest_elsewhere(self._node.witnesses, self._node.origin, Web(ANSWER_SECONDS))
        return self._notes


def refused_to_write(node: Node, error: HeadDisagreesError, seen: Sequence[bytes]) -> None:
    """Leave an alarm where others have seen more of the log than its head knows, or something else."""
    evidence = {f"witness-{number}.note": note for number, note in enumerate(seen)}
    evidence["ours.note"] = open_log(node.log).checkpoint_note()
    alarm = Alarm(AlarmKind.WITNESS, node.origin, node.origin, str(error), evidence)
    raise_alarm(node.alarms, alarm, system_clock, once=True)


@contextmanager
def asking(node: Node, writer: Writer) -> Iterator[None]:
    """Have the log cosigned, beside whatever the block does, as long as it runs."""
    if not node.witnesses:
        yield
        return
    ended = threading.Event()
    asker = _Asker(node, writer, Web(ANSWER_SECONDS))
    thread = threading.Thread(target=asker.run, args=(ended,), name="witnesses", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


class _Asker:
    """Asks each witness when there is something new, and now and then for a sign of life."""

    def __init__(self, node: Node, writer: Writer, transport: Transport) -> None:
        self._node = node
        self._writer = writer
        self._transport = transport
        self._log = open_log(node.log)
        self._key = verifier_key(load_signer(node.key))
        self._last: dict[str, Cosigned] = {}
        self._asked: dict[str, float] = {}
        self._since: dict[str, int] = {}

    def run(self, ended: threading.Event) -> None:
        """Ask until `ended`."""
        while not ended.wait(ROUND_SECONDS):
            self._beat()
            for witness in self._node.witnesses:
                if not ended.is_set() and self._is_due(witness):
                    self._ask(witness)

    def _beat(self) -> None:
        """Sign again what has stood for long, so that witnesses date it anew and nobody can say the log had stopped."""
        signed = (self._node.log / "checkpoint").stat().st_mtime
        if unix_seconds(system_clock()) - signed < HEARTBEAT_SECONDS:
            return
        try:
            self._writer.heartbeat()
        except YangguangError:
            return  # the writer has stopped; the line that holds it says why
        self._asked.clear()

    def _is_due(self, witness: WitnessAt) -> bool:
        asked = self._asked.get(witness.name)
        if asked is None:
            return True
        last, waited = self._last[witness.name], time.monotonic() - asked
        is_behind = last.size < self._writer.size
        wait = RETRY_SECONDS if last.reason else 0.0
        return waited >= (wait if is_behind else HEARTBEAT_SECONDS)

    def _ask(self, witness: WitnessAt) -> None:
        known = self._last[witness.name].size if witness.name in self._last else 0
        try:
            answer = ask(witness, self._log, self._key, self._transport, self._writer.archive_cosigned, known=known)
        except (WitnessAheadError, HeadForkedError) as error:
            refused_to_write(self._node, error, newest_elsewhere([witness], self._node.origin, self._transport))
            answer = Cosigned(witness.name, known, str(error))
        except (YangguangError, OSError) as error:
            # Also where an alarm could not be written: the next round tries again.
            answer = Cosigned(witness.name, known, str(error))
        self._last[witness.name], self._asked[witness.name] = answer, time.monotonic()
        self._remark(witness, answer)

    def _remark(self, witness: WitnessAt, answer: Cosigned) -> None:
        """Raise an alarm for a witness that has been behind for longer than the grace."""
        now = unix_seconds(system_clock())
        if not answer.reason:
            self._since.pop(witness.name, None)
            return
        since = self._since.setdefault(witness.name, now)
        if now - since >= GRACE_SECONDS:
            self._since[witness.name] = now
            alarm = Alarm(AlarmKind.SILENT, witness.name, self._node.origin, f"{witness.name}: {answer.reason}")
            raise_alarm(self._node.alarms, alarm, system_clock)


def make_witness(folder: Path, name: str) -> tuple[str, str]:
    """Make the keys of a witness and of its content mirror, named below `name`; return both as verifier keys.

    Raises:
        AlreadyExistsError: there are keys already.
        MalformedKeyError: `name` cannot name a key.
    """
    made = []
    for part in (WITNESS, MIRROR):
        own = folder / part
        own.mkdir(parents=True, exist_ok=True, mode=0o700)
        made.append(format_verifier_key(cosigner_key(generate_key(own / KEY, name=f"{name}/{part}"))))
    return made[0], made[1]


@contextmanager
def cosigners(folder: Path, clock: Clock) -> Iterator[tuple[Cosigner, Cosigner]]:
    """Yield the witness and the content mirror whose keys lie in `folder`.

    Raises:
        SiteError: there are none.
    """
    with ExitStack() as stack:
        found = []
        for part in (WITNESS, MIRROR):
            own = folder / part
            if not (own / KEY).is_file():
                raise SiteError(f"{folder} holds no keys of a witness: make them with `yangguang witness init`")
            signer = load_signer(own / KEY)
            found.append(Cosigner(stack.enter_context(Witness(own, signer, clock=clock)), cosigner_key(signer)))
        yield found[0], found[1]


@contextmanager
def standing(node: Node, transport: Transport, *, receipt_seconds: int, live: bool = True) -> Iterator[Level]:
    """Yield this node's side of the exchange."""

    def queue(received: Receipt, now: int) -> None:
        receipt(received, claimed_at=now)

    with cosigners(node.witness, system_clock) as (witness, mirror):
        yield Level(
            mirrors=node.mirrors,
            alarms=node.alarms,
            witness=witness,
            content_mirror=mirror,
            transport=transport,
            clock=system_clock,
            receipt=queue,
            live=live,
            receipt_seconds=receipt_seconds,
        )


def mirror_round(node: Node, level: Level, tell: Callable[[Pulled], None]) -> None:
    """Pull every lower log once; what goes wrong with one of them does not keep the others waiting."""
    for lower in node.lowers:
        try:
            tell(pull(lower, level))
        except YangguangError as error:
            tell(Pulled(lower.name, 0, reason=str(error)))


def mirror_until(
    node: Node, level: Level, tell: Callable[[Pulled], None], *, ended: threading.Event, every: float
) -> None:
    """Pull all lower logs again and again, `every` so many seconds, until `ended`."""
    while not ended.is_set():
        mirror_round(node, level, tell)
        ended.wait(every)


def find_lower(node: Node, name: str) -> Lower:
    """Return the lower node `name`.

    Raises:
        NoSuchLowerError: node.toml does not name it.
    """
    for lower in node.lowers:
        if lower.name == name:
            return lower
    known = ", ".join(lower.name for lower in node.lowers) or "none"
    raise NoSuchLowerError(f"node.toml has no [[lower]] named {name!r}; it names {known}")
