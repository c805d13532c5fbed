"""When a record was logged, by the clocks of others: on its page, on the verify page, in its state and its package."""

import io
import json
import re
import zipfile

import pytest
from django.test import Client

from tests.rooms.catalogue.archive import FIRST_MOMENT
from tests.rooms.portal.site import County
from yangguang.kernel.clock import from_unix
from yangguang.ledger.queries import cosignatures, parse_policy
from yangguang.records.errors import ProofError
from yangguang.records.queries import verify

pytestmark = pytest.mark.django_db

BEFORE = FIRST_MOMENT + 100
AFTER = FIRST_MOMENT + 10_000
LATER = FIRST_MOMENT + 99_000


def _shown(moment: int) -> str:
    return f"{from_unix(moment):%Y-%m-%d %H:%M}"


def _evidence(client: Client, address: str) -> str:
    page = client.get(address).content.decode()
    return page[page.index('class="evidence"') : page.index('class="revisions"')]


def test_a_record_that_no_witness_has_seen_yet_says_so(client: Client, county: County) -> None:
    county.watch()
    identifier = county.archive.publish()
    county.settle()
    assert "见证方尚未共同签名" in _evidence(client, f"/records/{identifier}")


def test_a_node_without_witnesses_promises_none(client: Client, county: County) -> None:
    identifier = county.archive.publish()
    county.settle()
    assert "见证" not in _evidence(client, f"/records/{identifier}")


def test_a_page_in_the_cache_learns_of_cosignatures(client: Client, county: County) -> None:
    county.watch()
    county.archive.publish()
    county.cosign(BEFORE)
    identifier = county.archive.publish()
    county.settle()
    address = f"/records/{identifier}"
    first = client.get(address)
    assert "记入不晚于" not in first.content.decode()
    county.cosign(AFTER)
    said = _evidence(client, address)
    for moment in (BEFORE, AFTER, AFTER + 60):
        assert _shown(moment) in said
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 200
    assert client.get(address, headers={"if-none-match": client.get(address)["ETag"]}).status_code == 304


def test_later_cosignatures_move_nothing(client: Client, county: County) -> None:
    county.watch()
    identifier = county.archive.publish()
    county.settle()
    county.cosign(AFTER)
    settled = client.get(f"/records/{identifier}")
    county.archive.publish()
    county.cosign(LATER)
    again = client.get(f"/records/{identifier}")
    assert (again.content, again["ETag"]) == (settled.content, settled["ETag"])
    proof = client.get(f"/records/{identifier}.txt.tlog-proof").content
    policy = parse_policy(county.node.policy.read_text("utf-8"))
    note = proof.partition(b"\n\n")[2]
    assert [one.timestamp for one in cosignatures(note, policy)] == [AFTER, AFTER + 60]


def test_the_verify_page_without_scripts_tells_the_bracket(client: Client, county: County) -> None:
    county.watch()
    county.archive.publish()
    county.cosign(BEFORE)
    identifier = county.archive.publish()
    county.settle()
    county.cosign(AFTER)
    file = io.BytesIO(client.get(f"/records/{identifier}.txt").content)
    file.name = "a.txt"
    page = client.post("/verify", {"file": file}).content.decode()
    for moment in (BEFORE, AFTER, AFTER + 60):
        assert f"{from_unix(moment):%Y-%m-%d %H:%M:%S} +08:00" in page


def test_state_and_package_carry_the_evidence_of_not_before(client: Client, county: County) -> None:
    county.watch()
    county.archive.publish()
    county.cosign(BEFORE)
    identifier = county.archive.publish()
    county.settle()
    county.cosign(AFTER)
    policy = parse_policy(county.node.policy.read_text("utf-8"))
    (revision,) = client.get(f"/records/{identifier}/status.json").json()["revisions"]
    (note,) = revision["before"]
    assert [one.timestamp for one in cosignatures(note.encode(), policy)] == [BEFORE, BEFORE + 60]
    with zipfile.ZipFile(io.BytesIO(client.get(f"/records/{identifier}.zip").content)) as opened:
        (name,) = [name for name in opened.namelist() if name.endswith("verify.html")]
        page = opened.read(name).decode()
    said = json.loads(re.findall(r'id="evidence">(.*?)</script>', page, re.DOTALL)[0])
    assert said["before"] == [note]
    raw = client.get(f"/records/{identifier}.txt").content
    assert said["policy"] == county.node.policy.read_text("utf-8")
    assert any(_holds(raw, proof.encode(), said["policy"]) for proof in said["proofs"])


def _holds(raw: bytes, proof: bytes, policy: str) -> bool:
    try:
        return verify(raw, proof, parse_policy(policy)).logged.witnesses == ("w", "m")
    except ProofError:
        return False
