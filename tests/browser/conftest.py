"""A county's site shown to Debian's Chromium, which may talk to nobody else."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

REPOSITORY = Path(__file__).parent.parent.parent
CHROMIUM = Path("/usr/bin/chromium")
SHOTS = Path(__file__).parent / "shots"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A host that is not this machine's own name: browsers offer no WebCrypto to a plain-http site.
    "--host-resolver-rules=MAP intranet.example 127.0.0.1",
]
WIDTHS = (390, 1280)


@dataclass(frozen=True)
class Addresses:
    """Where the browser finds what it is to look at, and the folder of what a reader kept before it was changed."""

    base: str
    kept: str
    document: str
    long_title: str
    revised: str
    withdrawn: str
    news: str


@dataclass
class Seen:
    """What a page did that it must not do."""

    console: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    """Return the addresses of a filled county, served for as long as a file's tests run."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: `make system` installs it")
    environment = {
        **os.environ,
        "YANGGUANG_HOME": str(tmp_path_factory.mktemp("county")),
        "DJANGO_SETTINGS_MODULE": "yangguang.site.settings",
        "PYTHONPATH": f"{REPOSITORY / 'src'}{os.pathsep}{REPOSITORY}",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "tests.browser.county"],
        cwd=REPOSITORY,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        said = server.stdout.readline()
        assert said, "the county's server did not start; its error stands above"
        yield Addresses(**json.loads(said))
        server.stdin.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Return one browser for all tests of a file."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: `make system` installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(params=WIDTHS, ids=lambda width: f"{width}px")
def context(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """Return a fresh reader whose screen is a phone's, then a desktop's; their browser prefers English."""
    width: int = request.param
    made = chromium.new_context(viewport={"width": width, "height": 844}, locale="en-US")
    yield made
    made.close()


@pytest.fixture
def seen() -> Seen:
    """Return the list of misdeeds, empty at first."""
    return Seen()


@pytest.fixture
def page(context: BrowserContext, site: Addresses, seen: Seen) -> Iterator[Page]:
    """Return a page; afterwards, no error in its console and no request to another origin."""
    made = context.new_page()
    made.on("console", lambda message: _note(message, seen))
    made.on("pageerror", lambda error: seen.console.append(str(error)))
    made.on("request", lambda request: _follow(request, site, seen))
    yield made
    assert seen.console == []
    assert seen.elsewhere == []


def _note(message: ConsoleMessage, seen: Seen) -> None:
    # A page that is meant to answer 404, 410 or 503 is reported by the browser as a failed load of itself.
    if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
        seen.console.append(message.text)


def _follow(request: Request, site: Addresses, seen: Seen) -> None:
    if urlsplit(request.url).netloc != urlsplit(site.base).netloc:
        seen.elsewhere.append(request.url)
