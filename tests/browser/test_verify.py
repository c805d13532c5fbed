"""A reader drops files on the verify page, on the site and on a page from a package, and is told what they are."""

import re
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, Request, expect

from tests.browser.conftest import SHOTS, Addresses
from tests.flows.machine import free_port

pytestmark = pytest.mark.browser

Files = list[FilePayload]
DROP = """async (files) => {
  const transfer = new DataTransfer();
  for (const [name, text] of files) {
    transfer.items.add(new File([Uint8Array.from(atob(text), (character) => character.charCodeAt(0))], name));
  }
  const options = { bubbles: true, cancelable: true, dataTransfer: transfer };
  document.querySelector("main").dispatchEvent(new DragEvent("drop", options));
}"""


def _kept(site: Addresses, *names: str) -> Files:
    return [_payload(name, (Path(site.kept) / name).read_bytes()) for name in names]


def _payload(name: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def _changed(site: Addresses) -> FilePayload:
    raw = bytearray((Path(site.kept) / "genuine.txt").read_bytes())
    raw[100] ^= 1
    return _payload("changed.txt", bytes(raw))


def _choose(page: Page, files: Files) -> None:
    page.locator("input[type=file]").first.set_input_files(files)
    page.locator("[data-verdict]").first.wait_for()
    expect(page.locator("#results > :not(section)")).to_have_count(0)


def _verdicts(page: Page) -> list[str]:
    return [str(box.get_attribute("data-verdict")) for box in page.locator("[data-verdict]").all()]


def _state(page: Page, what: str) -> None:
    expect(page.locator("[data-state]").first).to_have_attribute("data-state", what)


Case = tuple[Callable[[Addresses], Files], str, str]

CASES: dict[str, Case] = {
    "genuine": (lambda site: _kept(site, "genuine.txt"), "genuine", "current"),
    "genuine with its proof": (lambda site: _kept(site, "genuine.txt", "genuine.txt.tlog-proof"), "genuine", "current"),
    "changed": (lambda site: [_changed(site)], "not-found", ""),
    "changed with a proof": (lambda site: [_changed(site), *_kept(site, "genuine.txt.tlog-proof")], "changed", ""),
    "superseded": (lambda site: _kept(site, "superseded.txt"), "genuine", "superseded"),
    "withdrawn": (lambda site: _kept(site, "withdrawn.txt"), "not-found", ""),
    "withdrawn with its proof": (
        lambda site: _kept(site, "withdrawn.txt", "withdrawn.txt.tlog-proof"),
        "genuine",
        "withdraw",
    ),
    "a proof of another file": (
        lambda site: _kept(site, "withdrawn.txt", "genuine.txt.tlog-proof"),
        "changed",
        "",
    ),
    "a genuine file beside another's proof": (
        lambda site: _kept(site, "genuine.txt", "withdrawn.txt.tlog-proof"),
        "genuine",
        "current",
    ),
    "a broken proof": (
        lambda site: [_changed(site), _payload("a.tlog-proof", b"c2sp.org/tlog-proof@v1\nindex 00\n\n")],
        "bad-proof",
        "",
    ),
    "only a proof": (lambda site: _kept(site, "genuine.txt.tlog-proof"), "no-file", ""),
    "an empty file": (lambda _: [_payload("empty", b"")], "not-found", ""),
}


@pytest.mark.parametrize("name", CASES)
def test_the_site_says_what_a_file_is(page: Page, site: Addresses, name: str) -> None:
    files, verdict, state = CASES[name]
    page.goto(f"{site.base}/verify")
    _choose(page, files(site))
    assert _verdicts(page) == [verdict]
    if state:
        _state(page, state)


def test_the_bracket_is_told_by_the_witnesses_clocks(page: Page, site: Addresses) -> None:
    page.goto(f"{site.base}/verify")
    _choose(page, _kept(site, "genuine.txt"))
    _state(page, "current")
    said = page.locator("[data-verdict]").inner_text()
    # Cosigned without it at 1760000100, with it at 1760200000, and by the mirror, each time, a minute later.
    for moment in ("2025-10-09 16:55:00 +08:00", "2025-10-12 00:26:40 +08:00", "2025-10-12 00:27:40 +08:00"):
        assert moment in said
    assert "w, m" in said
    page.set_viewport_size({"width": page.viewport_size["width"] if page.viewport_size else 0, "height": 900})
    page.screenshot(path=str(SHOTS / f"verify-genuine-{page.viewport_size['width']}.png"), full_page=True)  # type: ignore[index]
    width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1]


def test_the_page_speaks_english_too(page: Page, site: Addresses) -> None:
    page.goto(f"{site.base}/verify")
    page.get_by_role("link", name="English").click()
    _choose(page, _kept(site, "genuine.txt"))
    assert "Genuine" in page.locator("[data-verdict]").inner_text()


def test_a_package_is_opened_and_all_of_it_verified(page: Page, site: Addresses) -> None:
    page.goto(f"{site.base}/verify")
    _choose(page, _kept(site, "withdrawn.zip"))
    expect(page.locator("[data-state=withdraw]")).to_have_count(5)
    assert set(_verdicts(page)) == {"genuine"}


def test_a_package_with_a_changed_file_is_found_out(page: Page, site: Addresses) -> None:
    raw = (Path(site.kept) / "withdrawn.zip").read_bytes()
    place = raw.index("现将有关事项通知如下".encode())
    page.goto(f"{site.base}/verify")
    _choose(page, [_payload("a.zip", raw[:place] + b"\xe6" + raw[place + 1 :].replace(b"\xb0\x86", b"\xb0\x87", 1))])
    expect(page.locator("[data-verdict]")).to_have_count(5)
    assert sorted(set(_verdicts(page))) == ["changed", "genuine"]


def test_files_can_be_dropped_anywhere_on_the_page(page: Page, site: Addresses) -> None:
    page.goto(f"{site.base}/verify")
    names = ("genuine.txt", "superseded.txt")
    page.evaluate(DROP, [[name, b64encode((Path(site.kept) / name).read_bytes()).decode()] for name in names])
    expect(page.locator("[data-state]")).to_have_count(2)
    assert _verdicts(page) == ["genuine", "genuine"]


def test_an_own_trust_file_is_used_instead_of_the_sites(page: Page, site: Addresses) -> None:
    page.goto(f"{site.base}/verify")
    _choose(page, _kept(site, "genuine.txt", "policy"))
    assert "您自己的信任文件" in page.locator("[data-verdict]").inner_text()


def test_a_plain_http_site_without_webcrypto_verifies_as_well(chromium: Browser, site: Addresses) -> None:
    page = chromium.new_page()
    page.goto(f"{site.base.replace('127.0.0.1', 'intranet.example')}/verify")
    assert page.evaluate("window.isSecureContext") is False
    assert page.evaluate("typeof crypto.subtle") == "undefined"
    _choose(page, [*_kept(site, "genuine.txt"), _changed(site)])
    expect(page.locator("[data-verdict]")).to_have_count(2)
    assert _verdicts(page) == ["genuine", "not-found"]
    page.close()


def test_without_scripts_the_form_is_sent(chromium: Browser, site: Addresses) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    for name, verdict in (("genuine.txt", "genuine"), ("withdrawn.txt", "not-found")):
        page.goto(f"{site.base}/verify")
        page.locator("#file").set_input_files(_kept(site, name))
        page.get_by_role("button", name="核验", exact=True).click()
        assert _verdicts(page) == [verdict]
    context.close()


@pytest.fixture
def asked() -> list[str]:
    """Return the list of what a page from a package asked the network for."""
    return []


@pytest.fixture
def offline(context: BrowserContext, asked: list[str]) -> Iterator[Page]:
    """Return a page that is going to be opened from a folder; its console stays empty."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: _note(request, asked))
    yield page
    assert [text for text in complaints if "ERR_CONNECTION_REFUSED" not in text] == []


def _note(request: Request, asked: list[str]) -> None:
    if urlsplit(request.url).scheme != "file":
        asked.append(request.url)


def _unpack(site: Addresses, name: str, folder: Path) -> Path:
    with zipfile.ZipFile(Path(site.kept) / f"{name}.zip") as opened:
        opened.extractall(folder)
    (page,) = folder.rglob("verify.html")
    return page


def test_a_page_from_a_package_verifies_from_a_folder_and_asks_nobody(
    offline: Page, site: Addresses, asked: list[str], tmp_path: Path
) -> None:
    verifier = _unpack(site, "genuine", tmp_path)
    offline.goto(verifier.as_uri())
    for path in sorted((verifier.parent / "record").iterdir()):
        _choose(offline, [_payload(path.name, path.read_bytes())])
        assert _verdicts(offline) == ["genuine"], path.name
        _state(offline, "unasked")
    width = offline.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1]
    said = offline.locator("[data-verdict]").inner_text()
    assert "真实" in said
    assert "Genuine" in said
    for moment in ("2025-10-09 16:55:00 +08:00", "2025-10-12 00:26:40 +08:00", "2025-10-12 00:27:40 +08:00"):
        assert said.count(moment) == 2, "once a language"
    shot = SHOTS / f"verify-offline-{offline.viewport_size['width'] if offline.viewport_size else 0}.png"
    offline.screenshot(path=str(shot), full_page=True)
    assert asked == []


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        (lambda site: [_changed(site)], "changed"),
        (lambda site: _kept(site, "withdrawn.txt"), "changed"),
        (lambda site: _kept(site, "withdrawn.txt", "withdrawn.txt.tlog-proof"), "genuine"),
        (lambda site: _kept(site, "genuine.zip"), "genuine"),
        (lambda site: _kept(site, "genuine.txt", "policy"), "genuine"),
        (lambda site: _kept(site, "policy"), "no-file"),
    ],
    ids=["changed", "of another package", "with a proof of its own", "package", "own policy", "only a policy"],
)
def test_a_page_from_a_package_says_what_a_file_is(
    offline: Page,
    site: Addresses,
    asked: list[str],
    tmp_path: Path,
    files: Callable[[Addresses], Files],
    verdict: str,
) -> None:
    offline.goto(_unpack(site, "genuine", tmp_path).as_uri())
    _choose(offline, files(site))
    assert set(_verdicts(offline)) == {verdict}
    assert asked == []


@pytest.mark.parametrize(
    ("name", "state"), [("genuine", "current"), ("superseded", "superseded"), ("withdrawn", "withdraw")]
)
def test_a_page_from_a_package_asks_for_the_present_state_when_told_to(
    offline: Page, site: Addresses, asked: list[str], tmp_path: Path, name: str, state: str
) -> None:
    offline.goto(_unpack(site, name, tmp_path).as_uri())
    _choose(offline, _kept(site, f"{name}.txt"))
    _state(offline, "unasked")
    offline.get_by_role("button", name="联网查询").click()
    _state(offline, state)
    assert len(asked) == 1
    assert asked[0].startswith(f"{site.base}/records/")


def test_a_page_from_a_package_says_when_the_site_does_not_answer(
    offline: Page, site: Addresses, tmp_path: Path
) -> None:
    verifier = _unpack(site, "genuine", tmp_path)
    page = re.sub(r"http://127\.0\.0\.1:[0-9]+", f"http://127.0.0.1:{free_port()}", verifier.read_text("utf-8"))
    verifier.write_text(page, "utf-8")
    offline.goto(verifier.as_uri())
    _choose(offline, _kept(site, "genuine.txt"))
    offline.get_by_role("button", name="联网查询").click()
    _state(offline, "unknown")


def test_a_page_from_a_package_without_a_good_trust_file_takes_the_readers(
    offline: Page, site: Addresses, tmp_path: Path
) -> None:
    verifier = _unpack(site, "genuine", tmp_path)
    verifier.write_text(verifier.read_text("utf-8").replace('"policy": "#', '"policy": "x'), "utf-8")
    offline.goto(verifier.as_uri())
    _choose(offline, _kept(site, "genuine.txt"))
    assert _verdicts(offline) == ["no-policy"]
    _choose(offline, _kept(site, "genuine.txt", "policy"))
    expect(offline.locator("[data-verdict]")).to_have_attribute("data-verdict", "genuine")


def test_a_changed_script_in_the_page_does_not_run(chromium: Browser, site: Addresses, tmp_path: Path) -> None:
    verifier = _unpack(site, "genuine", tmp_path)
    verifier.write_text(verifier.read_text("utf-8").replace("the file was changed", "all is well"), "utf-8")
    page = chromium.new_page()
    page.goto(verifier.as_uri())
    assert page.evaluate("typeof yangguang") == "undefined"
    page.close()
