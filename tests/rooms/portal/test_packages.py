"""A package is read by any ZIP reader, verifies by itself, and is the same byte for byte each time."""

import hashlib
import io
import json
import re
import zipfile
import zlib
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tests.rooms.catalogue.archive import body, metadata
from tests.rooms.portal.site import PICTURE, County
from yangguang.catalogue.queries import revision
from yangguang.ledger.queries import parse_policy
from yangguang.portal.zipping import Member, archive, archive_size
from yangguang.records.queries import RENDITIONS, verify

pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 7, 24, 9, 30, 16, tzinfo=UTC)
MAX_PAGE_BYTES = 25 * 1024
FOLDER = "云溪县教育体育局关于做好春季招生工作的通知_r1"


def _package(client: Client, address: str) -> zipfile.ZipFile:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/zip"
    assert int(response["Content-Length"]) == len(response.content)
    return zipfile.ZipFile(io.BytesIO(response.content))


def _member(name: str, data: bytes) -> Member:
    return Member(name, len(data), lambda: data)


@given(st.dictionaries(st.text("甲乙abc/._ 1", min_size=1, max_size=30), st.binary(max_size=300), max_size=6))
def test_any_archive_is_read_back_by_another_reader(files: dict[str, bytes]) -> None:
    members = [_member(name, data) for name, data in files.items()]
    raw = b"".join(archive(members, MOMENT))
    assert len(raw) == archive_size(members)
    with zipfile.ZipFile(io.BytesIO(raw)) as reader:
        assert reader.testzip() is None
        assert {info.filename: reader.read(info) for info in reader.infolist()} == files
        assert all(info.date_time == (2026, 7, 24, 9, 30, 16) for info in reader.infolist())
        assert all(info.compress_type == zipfile.ZIP_STORED for info in reader.infolist())


def test_every_file_of_a_package_verifies_with_the_proof_and_the_policy_in_it(client: Client, county: County) -> None:
    identifier = county.document()
    county.many(5)
    county.settle()
    opened = _package(client, f"/records/{identifier}.zip")
    policy = parse_policy(opened.read(f"{FOLDER}/proof/policy").decode())
    names = [name for name in opened.namelist() if "/record/" in name]
    labels = set()
    for name in names:
        proof = opened.read(name.replace("/record/", "/proof/") + ".tlog-proof")
        proven = verify(opened.read(name), proof, policy)
        assert proven.event.id == identifier
        labels.add(proven.label)
    assert labels == {*RENDITIONS, "att.0", "att.1"}
    assert opened.read(f"{FOLDER}/record/附件1 招生计划表.png") == PICTURE
    assert f"{FOLDER}/record/附件2 _样表_.html" in names, "a name that Windows refuses is made acceptable"
    assert len(opened.namelist()) == 2 * len(names) + 3


def test_the_same_state_of_the_log_gives_the_same_package(client: Client, county: County) -> None:
    identifier = county.document()
    county.settle()
    first, second = (client.get(f"/records/{identifier}.zip").content for _ in range(2))
    assert first == second


def test_each_revision_has_a_package_of_its_own(client: Client, county: County) -> None:
    identifier = county.archive.publish()
    county.archive.revise(identifier, metadata("更正后的通知"), body("更正如下。"))
    county.settle()
    assert any("_r1/" in name for name in _package(client, f"/records/{identifier}/r1.zip").namelist())
    assert any("更正后的通知_r2/" in name for name in _package(client, f"/records/{identifier}.zip").namelist())


def test_attachments_whose_names_clash_are_all_in_the_package(client: Client, county: County) -> None:
    files = [
        ("A.txt", "text/plain", b"1"),
        ("a.TXT", "text/plain", b"2"),
        ("?", "text/plain", b"3"),
        ("...", "x/y", b"4"),
    ]
    identifier = county.archive.publish(metadata(), body(), files)
    county.settle()
    opened = _package(client, f"/records/{identifier}.zip")
    assert {opened.read(name) for name in opened.namelist() if "/record/" in name} >= {b"1", b"2", b"3", b"4"}
    assert not [name for name in opened.namelist() if ".." in name.split("/")]


def test_an_erased_attachment_is_not_in_the_package_and_is_named(client: Client, county: County) -> None:
    identifier = county.document()
    county.settle()
    found = revision(identifier, 1)
    assert found is not None
    county.archive.erase(identifier, [found.components["att.0"].commitment], ["att.0"])
    county.settle()
    opened = _package(client, f"/records/{identifier}.zip")
    assert not [name for name in opened.namelist() if "招生计划表" in name]
    assert "att.0" in opened.read(f"{FOLDER}/README.txt").decode()


def test_a_withdrawn_record_has_no_package(client: Client, county: County) -> None:
    identifier = county.closed()
    county.settle()
    assert client.get(f"/records/{identifier}.zip").status_code == 410
    assert client.get(f"/records/{identifier}/r1.zip").status_code == 410
    assert client.get(f"/records/{identifier}/r2.zip").status_code == 404


def test_a_damaged_content_makes_no_package(client: Client, county: County, caplog: pytest.LogCaptureFixture) -> None:
    identifier = county.document()
    county.settle()
    county.damage_contents()
    assert client.get(f"/records/{identifier}.zip").status_code == 503
    assert "differs from its commitment" in caplog.text


def test_the_page_in_the_package_is_small_and_lets_nothing_in(client: Client, county: County) -> None:
    identifier = county.document()
    county.settle()
    raw = _package(client, f"/records/{identifier}.zip").read(f"{FOLDER}/verify.html")
    assert len(zlib.compress(raw, 9)) <= MAX_PAGE_BYTES
    page = raw.decode()
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    for text in (script, style):
        digest = b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"&#x27;sha256-{digest}&#x27;" in policy
    assert policy.startswith("default-src &#x27;none&#x27;")
    assert "unsafe" not in policy
    (evidence,) = re.findall(r'<script type="application/json" id="evidence">(.*?)</script>', page, re.DOTALL)
    assert len(json.loads(evidence)["proofs"]) == len(RENDITIONS) + 2


def test_a_title_cannot_break_out_of_the_page(client: Client, county: County) -> None:
    identifier = county.archive.publish(metadata("</script><script>alert(1)</script>"))
    county.settle()
    opened = _package(client, f"/records/{identifier}.zip")
    (name,) = [name for name in opened.namelist() if name.endswith("verify.html")]
    assert opened.read(name).decode().count("</script>") == 2
