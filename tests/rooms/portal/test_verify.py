"""The verify page without scripts, the look-up of proofs by digest, and a record's state for programs."""

import hashlib
import io
import tempfile
from pathlib import Path

import pytest
from django.test import Client

from tests.rooms.catalogue.archive import Archive, body, metadata
from tests.rooms.portal.site import PICTURE, County
from yangguang.catalogue.queries import revision
from yangguang.ledger.queries import parse_policy
from yangguang.portal import verifying
from yangguang.records.queries import verify

pytestmark = pytest.mark.django_db


def _post(client: Client, content: bytes, beside: bytes = b"", name: str = "a.txt") -> str:
    fields = {"file": _file(content, name)} | ({"proof": _file(beside, "proof")} if beside else {})
    response = client.post("/verify", fields)
    assert response.status_code == 200
    page = response.content.decode()
    return page[page.index('id="results"') : page.index('class="help"')]


def _file(content: bytes, name: str) -> io.BytesIO:
    made = io.BytesIO(content)
    made.name = name
    return made


def _verdicts(page: str) -> list[str]:
    return [part.partition('"')[0] for part in page.split('data-verdict="')[1:]]


def _state(page: str) -> str:
    return page.partition('data-state="')[2].partition('"')[0]


def test_a_genuine_file_is_recognised_by_its_bytes_alone(client: Client, county: County) -> None:
    identifier = county.document()
    county.settle()
    for address in (f"/records/{identifier}.html", f"/records/{identifier}.json"):
        page = _post(client, client.get(address).content)
        assert _verdicts(page) == ["genuine"]
        assert _state(page) == "current"
        assert f"/records/{identifier}/r1" in page
    assert _verdicts(_post(client, PICTURE)) == ["genuine"]


def test_a_file_changed_in_one_byte_is_not_recognised(client: Client, county: County) -> None:
    identifier = county.document()
    county.settle()
    raw = client.get(f"/records/{identifier}.txt").content
    proof = client.get(f"/records/{identifier}.txt.tlog-proof").content
    changed = raw[:-2] + bytes([raw[-2] ^ 1]) + raw[-1:]
    assert _verdicts(_post(client, changed)) == ["not-found"]
    assert _verdicts(_post(client, changed, proof)) == ["changed"]
    assert _verdicts(_post(client, raw, proof)) == ["genuine"]


def test_the_proof_of_another_file_proves_nothing_and_hides_nothing(client: Client, county: County) -> None:
    identifier = county.document()
    county.settle()
    other = client.get(f"/records/{identifier}.json.tlog-proof").content
    assert _verdicts(_post(client, b"something else", other)) == ["changed"]
    assert _verdicts(_post(client, client.get(f"/records/{identifier}.txt").content, other)) == ["genuine"]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"tlog-proof@v1", b"tlog-proof@v2", "格式不对"),
        (b"index 0", b"index 5", "条目不在所签名的日志里"),
        (b"extra ", b"Extra ", "格式不对"),
        (b"\xe2\x80\x94 example.org", b"\xe2\x80\x94 example.net", "没有签过它"),
    ],
)
def test_a_broken_proof_is_refused_with_the_step_that_failed(
    client: Client, county: County, old: bytes, new: bytes, reason: str
) -> None:
    identifier = county.document()
    county.settle()
    proof = client.get(f"/records/{identifier}.txt.tlog-proof").content.replace(old, new)
    page = _post(client, b"something else", proof)
    assert _verdicts(page) == ["bad-proof"]
    assert reason in page


def test_an_own_trust_file_counts_more_than_the_sites(client: Client, county: County, tmp_path: Path) -> None:
    identifier = county.document()
    county.settle()
    raw = client.get(f"/records/{identifier}.txt").content
    assert "您自己的信任文件" in _post(client, raw, county.node.policy.read_bytes())
    (tmp_path / "elsewhere").mkdir()
    stranger = Archive(tmp_path / "elsewhere")
    page = _post(client, raw, stranger.policy.encode())
    stranger.shut()
    assert _verdicts(page) == ["bad-proof"]


def test_a_superseded_revision_is_genuine_and_said_to_be_superseded(client: Client, county: County) -> None:
    identifier = county.archive.publish()
    county.settle()
    raw = client.get(f"/records/{identifier}.txt").content
    county.archive.revise(identifier, metadata("更正后的通知"), body("更正如下。"))
    county.settle()
    page = _post(client, raw)
    assert (_verdicts(page), _state(page)) == (["genuine"], "superseded")


def test_a_withdrawn_file_is_known_only_to_those_who_hold_its_proof(client: Client, county: County) -> None:
    identifier = county.archive.publish()
    county.settle()
    raw = client.get(f"/records/{identifier}.txt").content
    proof = client.get(f"/records/{identifier}.txt.tlog-proof").content
    county.archive.withdraw(identifier)
    county.settle()
    assert _verdicts(_post(client, raw)) == ["not-found"]
    page = _post(client, raw, proof)
    assert (_verdicts(page), _state(page)) == (["genuine"], "withdraw")


def test_nothing_of_an_upload_reaches_the_disk(client: Client, county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_named: object) -> None:
        raise AssertionError("an upload was written to a temporary file")

    county.settle()
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", refuse)
    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    assert _verdicts(_post(client, b"x" * 6_000_000)) == ["not-found"]


def test_a_file_beyond_the_limit_is_said_to_be(client: Client, county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    county.settle()
    monkeypatch.setattr(verifying, "MAX_UPLOAD_BYTES", 100_000)
    assert _verdicts(_post(client, b"x" * 100_001)) == ["too-large"]


def test_a_form_without_a_file_is_answered(client: Client, county: County) -> None:
    county.settle()
    assert 'data-verdict="no-file"' in client.post("/verify", {}).content.decode()
    assert client.put("/verify").status_code == 405


def test_a_file_name_is_shown_and_not_obeyed(client: Client, county: County) -> None:
    county.settle()
    assert "<script>" not in _post(client, b"x", name="<script>alert(1)<script>.txt")


def test_only_the_verify_page_may_run_scripts(client: Client, county: County) -> None:
    identifier = county.document()
    county.settle()
    assert "script-src 'self'" in client.get("/verify")["Content-Security-Policy"]
    assert "unsafe" not in client.get("/verify")["Content-Security-Policy"]
    for address in ("/", f"/records/{identifier}", "/search"):
        assert "script-src" not in client.get(address)["Content-Security-Policy"]


def test_the_page_holds_everything_the_script_can_say(client: Client, county: County) -> None:
    county.settle()
    page = client.get("/verify").content.decode()
    script = (Path(verifying.__file__).parent / "static/portal/verify/page.js").read_text("utf-8")
    for what in verifying.VERDICTS:
        text = page.partition(f'<template data-says="{what}">')[2].partition("</template>")[0]
        assert text.strip(), what
        known = f'"{what}"' in script or what.startswith("why-") or what in {"withdraw", "erase"}
        assert known, f"the script never says {what}"


def test_proofs_are_found_by_the_digest_of_what_is_public(client: Client, county: County) -> None:
    identifier = county.document()
    county.settle()
    raw = client.get(f"/records/{identifier}.md").content
    answer = client.get(f"/verify/proofs/{hashlib.sha256(raw).hexdigest()}")
    assert answer["Cache-Control"] == "no-store"
    (proof,) = answer.json()["proofs"]
    policy = parse_policy(county.node.policy.read_text("utf-8"))
    assert verify(raw, proof.encode(), policy).label == "md"
    assert client.get(f"/verify/proofs/{'0' * 64}").json() == {"proofs": []}
    for digest in ("0" * 63, "0" * 65, "A" * 64, "../x"):
        assert client.get(f"/verify/proofs/{digest}").status_code == 404


def test_a_file_in_many_records_has_a_few_proofs(client: Client, county: County) -> None:
    county.archive.publish_all([metadata(f"第{n}件") for n in range(9)], body(), [("a.png", "image/png", PICTURE)])
    county.settle()
    digest = hashlib.sha256(PICTURE).hexdigest()
    assert len(client.get(f"/verify/proofs/{digest}").json()["proofs"]) == verifying.MAX_PROOFS


def test_the_state_tells_revisions_withdrawals_and_erasures(client: Client, county: County) -> None:
    identifier = county.archive.publish(files=[("a.png", "image/png", PICTURE)])
    county.archive.revise(identifier, metadata("更正后的通知"), body("更正如下。"))
    county.settle()
    said = client.get(f"/records/{identifier}/status.json")
    assert said["Access-Control-Allow-Origin"] == "*"
    assert (said.json()["status"], said.json()["revision"]) == ("live", 2)
    assert [one["closed"] for one in said.json()["revisions"]] == [None, None]
    found = revision(identifier, 1)
    assert found is not None
    county.archive.erase(identifier, [found.components["att.0"].commitment], ["att.0"])
    county.archive.withdraw(identifier)
    county.settle()
    said = client.get(f"/records/{identifier}/status.json")
    newest, oldest = said.json()["revisions"]
    assert said.json()["status"] == "withdrawn"
    assert newest["closed"]["type"] == oldest["closed"]["type"] == "withdraw"
    assert newest["closed"]["ground"] == "third_party"
    assert oldest["erased"]["att.0"]["type"] == "erase"
    assert "更正后的通知" not in said.content.decode()
    assert client.get(f"/records/{'a' * 26}/status.json").status_code == 404
