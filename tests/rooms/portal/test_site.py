"""What holds for every answer: headers, language, the log's files, the site map, the pages for what went wrong."""

import re
from pathlib import Path

import pytest
from django.template import loader
from django.test import Client, RequestFactory
from django.urls import get_resolver

from tests.rooms.catalogue.archive import body, metadata
from tests.rooms.portal.site import County
from yangguang.ledger.commands import cosign, generate_key, with_cosignatures
from yangguang.ledger.queries import open_log
from yangguang.portal import sitemaps

pytestmark = pytest.mark.django_db

ADDRESSES = ["/", "/search", "/search?q=x", "/xxgk/ys-edu/", "/nothing", "/log/checkpoint", "/sitemap.xml"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_forbids_script_and_other_origins(client: Client, county: County, address: str) -> None:
    county.settle()
    response = client.get(address)
    policy = response["Content-Security-Policy"]
    for rule in ("default-src 'none'", "style-src 'self'", "img-src 'self'", "form-action 'self'", "base-uri 'none'"):
        assert rule in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("address", ADDRESSES[:5])
def test_no_page_has_script_inline_style_or_an_address_elsewhere(client: Client, county: County, address: str) -> None:
    county.document()
    county.settle()
    page = client.get(address).content.decode()
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", page)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page)


def test_no_answer_sets_a_cookie_unless_a_language_is_chosen(client: Client, county: County) -> None:
    county.settle()
    for address in ADDRESSES:
        assert not client.get(address).cookies
    assert client.get("/language/en?next=/search").cookies["language"].value == "en"


def test_pages_are_chinese_whatever_the_browser_prefers(client: Client, county: County) -> None:
    county.settle()
    page = client.get("/", headers={"accept-language": "en-US,en"}).content.decode()
    assert '<html lang="zh-CN">' in page
    assert '<a href="/language/en?next=%2F" lang="en"' in page


def test_a_reader_who_chose_english_gets_english_and_the_way_back(client: Client, county: County) -> None:
    identifier = county.document()
    county.settle()
    response = client.get("/language/en?next=/xxgk/ys-edu/")
    assert (response.status_code, response["Location"]) == (302, "/xxgk/ys-edu/")
    page = client.get("/xxgk/ys-edu/statutory/").content.decode()
    assert '<html lang="en">' in page
    assert "Legal basis" in page
    assert '<p lang="zh-CN">行政法规、规章和规范性文件</p>' in page
    record = client.get(f"/records/{identifier}").content.decode()
    assert "Index number" in record
    assert '<div class="sheet" lang="zh-CN">' in record
    client.get("/language/zh-hans?next=/")
    assert "索引号" in client.get(f"/records/{identifier}").content.decode()


@pytest.mark.parametrize(
    "back", ["//evil.example/", "https://evil.example/", "javascript:alert(1)", "/\\evil.example", ""]
)
def test_choosing_a_language_never_leads_to_another_site(client: Client, county: County, back: str) -> None:
    county.settle()
    assert client.get("/language/en", {"next": back})["Location"] == "/"


def test_an_unknown_language_changes_nothing(client: Client, county: County) -> None:
    county.settle()
    assert not client.get("/language/xx?next=/").cookies


def test_what_does_not_exist_offers_a_search(client: Client, county: County) -> None:
    county.settle()
    response = client.get("/no/such/page")
    assert response.status_code == 404
    assert 'action="/search"' in response.content.decode()


def test_the_page_for_our_own_faults_needs_nothing_but_itself(county: County) -> None:
    handler = get_resolver().resolve_error_handler(500)
    response = handler(RequestFactory().get("/"))
    assert county.node.name in response.content.decode()
    assert response.status_code == 500


def test_a_site_without_a_readable_log_still_shows_its_pages(
    client: Client, county: County, caplog: pytest.LogCaptureFixture
) -> None:
    county.document()
    county.settle()
    (county.node.log / "checkpoint").write_bytes(b"not a checkpoint")
    assert client.get("/").status_code == 200
    assert "the log cannot be read" in caplog.text


def test_the_log_is_handed_out_byte_for_byte(client: Client, county: County) -> None:
    county.many(260)
    county.settle()
    checkpoint = client.get("/log/checkpoint")
    assert checkpoint.content == (county.node.log / "checkpoint").read_bytes()
    assert checkpoint["Content-Type"] == "text/plain; charset=utf-8"
    assert "max-age=5" in checkpoint["Cache-Control"]
    for path in ("0/000", "0/001.p/4", "1/000.p/1", "entries/000", "entries/001.p/4"):
        tile = client.get(f"/log/tile/{path}")
        assert tile.content == (county.node.log / "tile" / path).read_bytes()
        assert tile["Content-Type"] == "application/octet-stream"
        assert "immutable" in tile["Cache-Control"]
        assert tile["Access-Control-Allow-Origin"] == "*"


def test_cosigned_checkpoints_of_old_are_handed_out_by_size(client: Client, county: County, tmp_path: Path) -> None:
    county.many(3)
    county.settle()
    note = open_log(county.node.log).checkpoint_note()
    size = open_log(county.node.log).checkpoint().size
    witness = generate_key(tmp_path / "witness.key", name="witness.example/w")
    county.archive.keep_cosigned(with_cosignatures(note, [cosign(note, witness, now=1)]))
    response = client.get(f"/log/archive/000/000/000/{size:03d}")
    assert response.content == open_log(county.node.log).archive.note(size)
    assert response["Access-Control-Allow-Origin"] == "*"
    for path in (f"{size:03d}", f"000/000/{size:03d}", f"000/000/000/{size + 1:03d}", "../000/000/000/../checkpoint"):
        assert client.get(f"/log/archive/{path}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "0/999",
        "0/000.p/256",
        "0/000.p/0",
        "0/0",
        "64/000",
        "entries/x001/000.p",
        "../checkpoint",
        "0/../../checkpoint",
        "%2e%2e/checkpoint",
        "0",
        "0/000.p",
        "0/x000/000",
        "0/000%00",
    ],
)
def test_nothing_but_a_tile_is_handed_out_as_one(client: Client, county: County, path: str) -> None:
    county.many(3)
    county.settle()
    assert client.get(f"/log/tile/{path}").status_code == 404


def test_the_site_map_lists_live_records_only(client: Client, county: County) -> None:
    live, closed = county.document(), county.closed()
    county.settle()
    assert "/sitemap-1.xml" in client.get("/sitemap.xml").content.decode()
    listed = b"".join(client.get("/sitemap-1.xml").streaming_content).decode()  # type: ignore[attr-defined]
    assert f"http://testserver/records/{live}</loc>" in listed
    assert closed not in listed
    columns = b"".join(client.get("/sitemap-0.xml").streaming_content).decode()  # type: ignore[attr-defined]
    assert "/xxgk/ys-edu/" in columns
    assert client.get("/sitemap-2.xml").status_code == 404


def test_a_large_site_map_is_split(client: Client, county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "MAX_ADDRESSES", 2)
    identifiers = county.archive.publish_all([metadata(f"第{n}件") for n in range(5)], body())
    county.settle()
    assert "/sitemap-3.xml" in client.get("/sitemap.xml").content.decode()
    listed = [
        b"".join(client.get(f"/sitemap-{n}.xml").streaming_content).decode()  # type: ignore[attr-defined]
        for n in (1, 2, 3)
    ]
    assert [[identifier in text for text in listed].index(True) for identifier in identifiers] == [0, 0, 1, 1, 2]


def test_every_template_compiles() -> None:
    folder = Path(sitemaps.__file__).parent / "templates"
    for path in folder.rglob("*.html"):
        loader.get_template(path.relative_to(folder).as_posix())
