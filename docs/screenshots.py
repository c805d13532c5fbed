"""Takes the pictures of the README from a running demo (``make demo`` in another terminal), in Debian's Chromium.

Run ``.venv/bin/python docs/screenshots.py``; look at the pictures before committing them.
"""

import argparse
import sys
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).resolve().parent / "images"
CHROMIUM = Path("/usr/bin/chromium")
DEMO = "http://127.0.0.1:8000"
DOCUMENT_NUMBER = "澄发改发〔2026〕11号"
"""A document of the samples with a table, attachments and all of its header box."""

WIDTH, HEIGHT = 1280, 900
MAX_BYTES = 250_000
"""Larger ones would make every clone of the repository heavier, for ever."""


def take(base: str, folder: Path) -> list[Path]:
    """Write ``home.png`` and ``record.png`` into `folder`; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    home, record = folder / "home.png", folder / "record.png"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="zh-CN")
        page.goto(f"{base}/")
        page.screenshot(path=home)
        page.goto(f"{base}/search?q={quote(DOCUMENT_NUMBER)}")
        page.locator("main a[href^='/records/']").first.click()
        page.screenshot(path=record)
        browser.close()
    return [home, record]


def main() -> int:
    """Take the pictures; return 1 if one is too large to be committed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", default=DEMO, help=f"address of the demo ({DEMO})")
    parser.add_argument("--folder", type=Path, default=IMAGES, help="where the pictures go (docs/images)")
    options = parser.parse_args()
    large = [path for path in take(options.base, options.folder) if path.stat().st_size > MAX_BYTES]
    for path in large:
        print(f"{path} has {path.stat().st_size} bytes: at most {MAX_BYTES} are committed", file=sys.stderr)
    return 1 if large else 0


if __name__ == "__main__":
    sys.exit(main())
