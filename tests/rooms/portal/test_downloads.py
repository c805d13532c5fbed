"""Every downloaded byte is the one the log commits to, and its proof verifies offline."""

from urllib.parse import quote

import pytest
from django.test import Client

from tests.rooms.catalogue.archive import body, metadata
from tests.rooms.portal.site import PICTURE, County
from yangguang.catalogue.queries import revision
from yangguang.ledger.queries import parse_policy
from yangguang.records.errors import ProofError
from yangguang.records.queries import RENDITIONS, verify

pytestmark = pytest.mark.django_db

NAME = "附件1 招生计划表.png"
POLICY_MESSAGE = "the file was changed, or the proof belongs to another"


def _bytes(client: Client, address: str) -> bytes:
    response = client.get(address)
    assert response.status_code == 200
    return response.content


@pytest.mark.parametrize("label", RENDITIONS)
def test_a_rendition_verifies_offline_with_the_proof_beside_it(client: Client, county: County, label: str) -> None:
    identifier = county.document()
    county.many(5)
    county.settle()
    policy = parse_policy(_bytes(client, "/log/policy").decode())
    raw = _bytes(client, f"/records/{identifier}.{label}")
    proof = _bytes(client, f"/records/{identifier}.{label}.tlog-proof")
    proven = verify(raw, proof, policy)
    assert (proven.label, proven.event.id, proven.event.revision) == (label, identifier, 1)
    with pytest.raises(ProofError, match=POLICY_MESSAGE):
        verify(raw + b" ", proof, policy)


def test_each_revision_verifies_with_its_own_proof_and_no_other(client: Client, county: County) -> None:
    identifier = county.archive.publish()
    county.archive.revise(identifier, metadata("更正后的通知"), body("更正如下。"))
    county.settle()
    policy = parse_policy(_bytes(client, "/log/policy").decode())
    first, second = (_bytes(client, f"/records/{identifier}/r{number}.txt") for number in (1, 2))
    assert second == _bytes(client, f"/records/{identifier}.txt")
    assert first != second
    proof = _bytes(client, f"/records/{identifier}/r1.txt.tlog-proof")
    assert verify(first, proof, policy).event.revision == 1
    with pytest.raises(ProofError, match=POLICY_MESSAGE):
        verify(second, proof, policy)


def test_an_attachment_verifies_and_keeps_its_bytes(client: Client, county: County) -> None:
    identifier = county.document()
    county.settle()
    policy = parse_policy(_bytes(client, "/log/policy").decode())
    address = f"/records/{identifier}/r1/files/{quote(NAME)}"
    assert _bytes(client, address) == PICTURE
    assert verify(PICTURE, _bytes(client, f"{address}.tlog-proof"), policy).label == "att.0"
    assert _bytes(client, f"/records/{identifier}/files/{quote(NAME)}") == PICTURE


def test_the_proof_beside_the_page_is_that_of_the_html_file(client: Client, county: County) -> None:
    identifier = county.document()
    county.settle()
    policy = parse_policy(_bytes(client, "/log/policy").decode())
    raw = _bytes(client, f"/records/{identifier}.html")
    assert verify(raw, _bytes(client, f"/records/{identifier}.tlog-proof"), policy).label == "html"


def test_an_attachment_that_is_called_like_a_proof_is_itself(client: Client, county: County) -> None:
    files = [("a.txt", "text/plain", b"a"), ("a.txt.tlog-proof", "text/plain", b"b")]
    identifier = county.archive.publish(metadata(), body(), files)
    county.settle()
    assert _bytes(client, f"/records/{identifier}/files/a.txt.tlog-proof") == b"b"
    assert _bytes(client, f"/records/{identifier}/files/a.txt.tlog-proof.tlog-proof").startswith(b"c2sp.org/tlog-proof")


def test_a_download_names_its_file_and_its_proof_and_is_never_run(client: Client, county: County) -> None:
    identifier = county.document()
    county.settle()
    response = client.get(f"/records/{identifier}.html")
    name = quote("云溪县教育体育局关于做好春季招生工作的通知_r1.html")
    assert response["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"
    assert response["Link"].startswith(f"</records/{identifier}/r1.html.tlog-proof>; rel=")
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_an_attached_page_is_handed_out_as_bytes(client: Client, county: County) -> None:
    identifier = county.document()
    county.settle()
    response = client.get(f"/records/{identifier}/files/{quote('附件2 <样表>.html')}")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")


def test_a_title_that_no_file_can_bear_still_names_a_file(client: Client, county: County) -> None:
    identifier = county.archive.publish(metadata("关于“甲/乙\\丙:丁*”的" + "很" * 200 + "长通知"))
    county.settle()
    said = client.get(f"/records/{identifier}.txt")["Content-Disposition"]
    assert quote("关于“甲_乙_丙_丁_”的") in said
    assert len(said) < 800


def test_an_unchanged_download_is_not_sent_again(client: Client, county: County) -> None:
    identifier = county.document()
    county.settle()
    response = client.get(f"/records/{identifier}.json")
    again = client.get(f"/records/{identifier}.json", headers={"if-none-match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert response["Cache-Control"] == "no-cache"


def test_an_attachment_that_does_not_exist_is_not_found(client: Client, county: County) -> None:
    identifier = county.document()
    county.settle()
    for name in ("b.png", "b.png.tlog-proof", "..", "%2e%2e", quote(NAME) + "x"):
        assert client.get(f"/records/{identifier}/files/{name}").status_code == 404


def test_an_erased_attachment_is_gone_while_the_text_stays(client: Client, county: County) -> None:
    identifier = county.document()
    county.settle()
    found = revision(identifier, 1)
    assert found is not None
    county.archive.erase(identifier, [found.components["att.0"].commitment], ["att.0"])
    county.settle()
    assert client.get(f"/records/{identifier}/files/{quote(NAME)}").status_code == 410
    assert client.get(f"/records/{identifier}/files/{quote(NAME)}.tlog-proof").status_code == 410
    page = client.get(f"/records/{identifier}")
    assert page.status_code == 200
    assert "该附件已经删除" in page.content.decode()


def test_a_changed_content_is_not_handed_out(client: Client, county: County, caplog: pytest.LogCaptureFixture) -> None:
    identifier = county.document()
    county.settle()
    county.damage_contents()
    assert client.get(f"/records/{identifier}.txt").status_code == 503
    assert "differs from its commitment" in caplog.text


@pytest.mark.parametrize("label", ["meta", "body", "att.0"])
def test_a_mirror_gets_every_component_by_its_label_with_the_salt(client: Client, county: County, label: str) -> None:
    identifier = county.document()
    county.settle()
    policy = parse_policy(_bytes(client, "/log/policy").decode())
    raw = _bytes(client, f"/records/{identifier}/r1/{label}")
    proven = verify(raw, _bytes(client, f"/records/{identifier}/r1/{label}.tlog-proof"), policy)
    assert (proven.label, proven.event.id, proven.event.revision) == (label, identifier, 1)


@pytest.mark.parametrize("label", ["att.7", "att.99", "meta2", "files"])
def test_a_component_that_is_not_there_is_not_found(client: Client, county: County, label: str) -> None:
    identifier = county.document()
    county.settle()
    for suffix in ("", ".tlog-proof"):
        assert client.get(f"/records/{identifier}/r1/{label}{suffix}").status_code == 404


@pytest.mark.parametrize("label", ["meta", "body"])
def test_a_withdrawn_record_gives_no_component(client: Client, county: County, label: str) -> None:
    identifier = county.document()
    county.archive.withdraw(identifier)
    county.settle()
    for suffix in ("", ".tlog-proof"):
        assert client.get(f"/records/{identifier}/r1/{label}{suffix}").status_code == 410
