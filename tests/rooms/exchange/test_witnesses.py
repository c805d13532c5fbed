"""Our log is cosigned over real HTTP, by those it names and by nobody else; what is away stops nothing."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rooms.exchange.city import City, Roads
from tests.rooms.exchange.town import Town, Twin
from yangguang.exchange.commands import Face, Server, Web, ask, newest_elsewhere, pull
from yangguang.exchange.errors import UnreachableError
from yangguang.exchange.queries import cosigned
from yangguang.exchange.types import Answer, WitnessAt
from yangguang.kernel.clock import unix_seconds
from yangguang.ledger.commands import cosign, generate_key, with_cosignatures
from yangguang.ledger.errors import HeadForkedError, WitnessAheadError
from yangguang.ledger.queries import cosignatures, format_verifier_key, origin_hash
from yangguang.ledger.types import WitnessAnswer


class Street:
    """The city's witness behind a real server, and the way there."""

    def __init__(self, city: City, town: Town) -> None:
        self.contradictions = 0
        self.face = Face(
            witness=city.level.witness.witness,
            content_mirror=city.level.content_mirror.witness,
            logs={origin_hash(town.lower.key.name): city.home / "mirrors" / town.name / "log"},
            contradicted=self._count,
        )
        self.server = Server("127.0.0.1", 0, self.face)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.witness = WitnessAt("city", self.url, city.level.witness.key)
        self.mirror = WitnessAt("mirror", f"{self.url}/content-mirror", city.level.content_mirror.key)
        self.web = Web(5.0)

    def _count(self) -> None:
        self.contradictions += 1


@pytest.fixture
def street(city: City, town: Town) -> Iterator[Street]:
    made = Street(city, town)
    city.level.witness.witness.trust(format_verifier_key(town.lower.key))
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.web.close()
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def names(note: bytes, city: City, town: Town) -> list[str]:
    return sorted(one.name for one in cosignatures(note, city.policy(town)))


def test_a_witness_cosigns_over_http_and_the_line_is_published_and_archived(
    street: Street, city: City, town: Town
) -> None:
    town.publish()
    done = ask(street.witness, town.log, town.lower.key, street.web, town.writer.archive_cosigned, known=0)
    assert (done.size, done.reason) == (1, "")
    assert names(town.log.checkpoint_note(), city, town) == ["city"]
    archived = town.log.archive.note(1)
    assert archived is not None
    assert names(archived, city, town) == ["city"]
    (city_now, mirror_now) = cosigned(town.log, town.lower.key, [street.witness, street.mirror])
    assert (city_now.size, city_now.at, mirror_now.size) == (1, unix_seconds(city.clock()), 0)
    town.publish()
    assert ask(street.witness, town.log, town.lower.key, street.web, town.writer.archive_cosigned, known=1).size == 2


def test_a_content_mirror_is_not_asked_to_sign_and_its_line_is_fetched(street: Street, city: City, town: Town) -> None:
    town.publish()

    def fetched() -> tuple[int, str]:
        done = ask(street.mirror, town.log, town.lower.key, street.web, town.writer.archive_cosigned, known=0)
        return done.size, done.reason

    assert fetched() == (0, "it has pulled nothing completely yet")
    pull(town.lower, city.level)
    assert fetched() == (1, "")
    assert names(town.log.checkpoint_note(), city, town) == ["mirror"]
    town.publish()
    assert fetched() == (1, "it has cosigned 1 of 2 entries")


def test_a_witness_that_is_away_or_refuses_is_a_reason_and_no_error(street: Street, city: City, town: Town) -> None:
    town.publish()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = WitnessAt("nobody", f"http://127.0.0.1:{probe.getsockname()[1]}", street.witness.key)
        for known in (0, 1):
            done = ask(nobody, town.log, town.lower.key, street.web, town.writer.archive_cosigned, known=known)
            assert done.size == known
            assert "no answer" in done.reason or "no whole answer" in done.reason or "refused" in done.reason
        assert newest_elsewhere([nobody], town.lower.key.name, street.web) == ()
    city.level.witness.witness.distrust(town.lower.key.name)
    done = ask(street.witness, town.log, town.lower.key, street.web, town.writer.archive_cosigned, known=0)
    assert "404" in done.reason
    assert names(town.log.checkpoint_note(), city, town) == []


def test_a_witness_that_has_seen_more_or_something_else_is_raised(street: Street, town: Town, tmp_path: Path) -> None:
    town.publish()
    twin = Twin(town, tmp_path / "twin")
    twin.publish()
    twin.publish()
    ask(street.witness, twin.log, town.lower.key, street.web, twin.writer.archive_cosigned, known=0)
    with pytest.raises(WitnessAheadError):
        ask(street.witness, town.log, town.lower.key, street.web, town.writer.archive_cosigned, known=0)
    assert newest_elsewhere([street.witness], town.lower.key.name, street.web)[0].split(b"\n")[1] == b"3"
    town.publish()
    town.publish()
    with pytest.raises(HeadForkedError):
        ask(street.witness, town.log, town.lower.key, street.web, town.writer.archive_cosigned, known=3)
    assert street.contradictions > 0
    twin.shut()


@pytest.mark.parametrize("lie", ["nothing", "no cosignature", "another mirror's", "another log's"])
def test_a_lying_content_mirror_adds_nothing(street: Street, city: City, town: Town, tmp_path: Path, lie: str) -> None:
    town.publish()
    other = Town(tmp_path / "other", "other")
    own = town.log.checkpoint_note()
    stranger = generate_key(tmp_path / "stranger", name=street.mirror.key.name)
    said = {
        "nothing": b"hello\n",
        "no cosignature": own,
        "another mirror's": with_cosignatures(own, [cosign(own, stranger, now=1)]),
        "another log's": other.log.checkpoint_note(),
    }[lie]

    class Liar(Roads):
        def get(self, address: str, *, limit: int) -> Answer:
            assert address.endswith("/checkpoint")
            assert len(said) <= limit
            return Answer(200, said)

    done = ask(street.mirror, town.log, town.lower.key, Liar(), town.writer.archive_cosigned, known=0)
    assert done.size == 0
    assert done.reason
    assert town.log.checkpoint_note() == own
    assert names(own, city, town) == []
    other.shut()


def test_lines_of_strangers_are_not_archived(street: Street, city: City, town: Town, tmp_path: Path) -> None:
    town.publish()
    pull(town.lower, city.level)
    note = city.level.content_mirror.witness.checkpoint(origin_hash(town.lower.key.name))
    assert note is not None
    stranger = generate_key(tmp_path / "stranger", name="stranger.example/witness")
    decorated = with_cosignatures(note, [cosign(note, stranger, now=1)])

    class Decorating(Roads):
        def get(self, address: str, *, limit: int) -> Answer:
            assert address
            assert limit
            return Answer(200, decorated)

    assert ask(street.mirror, town.log, town.lower.key, Decorating(), town.writer.archive_cosigned, known=0).size == 1
    assert b"stranger" not in town.log.checkpoint_note()
    assert b"stranger" not in (town.log.archive.note(1) or b"")


def test_the_mirrored_log_is_served_for_others_to_check(street: Street, city: City, town: Town) -> None:
    town.publish()
    pull(town.lower, city.level)
    base = f"{street.url}/content-mirror/{origin_hash(town.lower.key.name)}"
    assert (
        street.web.get(f"{base}/tile/entries/000.p/1", limit=10_000).body
        == (town.home / "log/tile/entries/000.p/1").read_bytes()
    )
    assert names(street.web.get(f"{base}/checkpoint", limit=10_000).body, city, town) == ["mirror"]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/add-checkpoint",
        "/../key",
        "/content-mirror/{hash}/tile/../../holdings.sqlite3",
        "/content-mirror/{hash}/tile/0/000.p/7",
        "/content-mirror/{hash}/tile/%2e%2e/x",
        "/{hash}/checkpoint?x=1",
        "/" + "0" * 64 + "/checkpoint",
    ],
)
def test_nothing_else_is_served(street: Street, city: City, town: Town, path: str) -> None:
    town.publish()
    pull(town.lower, city.level)
    answer = street.face.get(path.format(hash=origin_hash(town.lower.key.name)))
    assert answer.status == 404


def test_requests_without_length_or_too_long_are_refused(street: Street) -> None:
    for header, status in (
        (b"", b"413"),
        (b"Content-Length: 99999999\r\n", b"413"),
        (b"Content-Length: -1\r\n", b"413"),
    ):
        with socket.create_connection(("127.0.0.1", street.server.server_address[1]), 5) as line:
            line.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\n" + header + b"\r\n")
            assert line.recv(100).split(b" ")[1] == status


def test_an_answer_longer_than_asked_for_and_a_strange_scheme_are_refused(street: Street) -> None:
    street.face = street.face
    with pytest.raises(UnreachableError, match="more than 3 bytes"):
        street.web.get(f"{street.url}/x", limit=3)
    for address in ("file:///etc/hosts", "ftp://127.0.0.1/x", "http:///x"):
        with pytest.raises(UnreachableError):
            street.web.get(address, limit=3)
        with pytest.raises(OSError, match="not an http address"):
            street.web.post(address, b"")


def test_a_refusal_says_why_and_the_statuses_are_those_of_the_specification(street: Street, town: Town) -> None:
    town.publish()
    note = town.log.checkpoint_note()

    def status(body: bytes) -> int:
        return street.web.post(f"{street.url}/add-checkpoint", body)[0]

    assert status(b"old 0\n\n" + note) == 200
    assert status(b"old 7\n\n" + note) == 400
    assert status(b"old 0\n\n" + note) == 409
    assert status(b"nonsense") == 400
    assert status(b"old 1\n\n" + note.replace(town.lower.key.name.encode(), b"x.example/log")) == 404
    assert street.face.post("/elsewhere", b"") == WitnessAnswer(404, "text/plain; charset=utf-8", b"nothing here\n")
