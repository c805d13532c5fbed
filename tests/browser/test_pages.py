"""What a reader sees, on a phone and on a desk: nothing overflows, fails, or is fetched from elsewhere."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import SHOTS, Addresses

pytestmark = pytest.mark.browser

PAGES: dict[str, Callable[[Addresses], str]] = {
    "home": lambda site: f"{site.base}/",
    "column": lambda site: f"{site.base}/xxgk/ys-edu/",
    "guide": lambda site: f"{site.base}/xxgk/ys-edu/guide/",
    "statutory": lambda site: f"{site.base}/xxgk/ys-edu/statutory/",
    "request": lambda site: f"{site.base}/xxgk/ys-edu/request/",
    "item-none": lambda site: f"{site.base}/xxgk/ys-edu/statutory/fees/",
    "item-one": lambda site: f"{site.base}/xxgk/ys-edu/statutory/legal-basis/",
    "item-many": lambda site: f"{site.base}/xxgk/ys-edu/statutory/plans/",
    "item-last": lambda site: f"{site.base}/xxgk/ys-edu/statutory/plans/?page=2",
    "record": lambda site: site.document,
    "record-long": lambda site: site.long_title,
    "record-older": lambda site: site.revised,
    "record-news": lambda site: site.news,
    "gone": lambda site: site.withdrawn,
    "missing": lambda site: f"{site.base}/no/such/page",
    "search-help": lambda site: f"{site.base}/search",
    "search-results": lambda site: f"{site.base}/search?q=云溪县 规划",
    "search-number": lambda site: f"{site.base}/search?q=云教发[2026]3号",
    "search-none": lambda site: f"{site.base}/search?q=量子纠缠&agency=ys-fin",
}


def _fits(page: Page) -> None:
    width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1], f"the page is {width[0]} px wide on a screen of {width[1]} px"


def _shoot(page: Page, name: str) -> None:
    SHOTS.mkdir(exist_ok=True)
    width = page.viewport_size["width"] if page.viewport_size else 0
    page.screenshot(path=str(SHOTS / f"{name}-{width}.png"), full_page=True)


@pytest.mark.parametrize("name", PAGES)
def test_the_page_fits_the_screen_and_keeps_to_itself(page: Page, site: Addresses, name: str) -> None:
    page.goto(PAGES[name](site))
    _shoot(page, name)
    _fits(page)
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert page.locator("h1").count() == 1
    assert page.locator("main").count() == 1


@pytest.mark.parametrize("name", ["home", "item-many", "record", "search-results", "gone"])
def test_the_english_page_fits_the_screen_too(page: Page, site: Addresses, name: str) -> None:
    page.goto(PAGES[name](site))
    page.get_by_role("link", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    _shoot(page, f"{name}-en")
    _fits(page)
    page.get_by_role("link", name="中文").click()
    assert page.locator("html").get_attribute("lang") == "zh-CN"


def test_the_style_sheet_is_applied_and_nothing_inline_is(page: Page, site: Addresses) -> None:
    page.goto(site.document)
    assert page.evaluate("getComputedStyle(document.querySelector('.sheet h1')).textAlign") == "center"
    assert page.locator("[style], style, script").count() == 0


def test_the_keyboard_reaches_the_text_first_and_then_goes_in_reading_order(page: Page, site: Addresses) -> None:
    page.goto(site.document)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box() is not None
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'main'")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    tops = []
    page.goto(site.document)
    for _ in range(60):
        page.keyboard.press("Tab")
        place = page.evaluate(
            "(e => e === document.body ? null : [...document.querySelectorAll('a,input,button,[tabindex]')].indexOf(e))"
            "(document.activeElement)"
        )
        if place is None:
            break
        tops.append(place)
    assert tops == sorted(tops)


def test_focus_can_be_seen(page: Page, site: Addresses) -> None:
    page.goto(site.base)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


@pytest.mark.parametrize("width", [390, 1280])
def test_a_document_is_found_and_read_without_javascript(chromium: Browser, site: Addresses, width: int) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    page.goto(site.base)
    page.locator("#find").fill("云教发【2026】第3号")
    page.get_by_role("button", name="检索").click()
    page.locator(".hits > li > a").first.click()
    assert page.locator(".sheet h1").inner_text() == "云溪县教育体育局关于做好春季招生工作的通知"
    with page.expect_download() as started:
        page.locator(".formats a").first.click()
    assert started.value.suggested_filename == "云溪县教育体育局关于做好春季招生工作的通知_r1.html"
    context.close()


def test_a_wide_table_scrolls_by_itself(page: Page, site: Addresses) -> None:
    page.goto(site.document)
    assert page.evaluate("getComputedStyle(document.querySelector('.scroll')).overflowX") == "auto"
    _fits(page)


def test_the_page_prints_the_text_and_not_the_furniture(page: Page, site: Addresses) -> None:
    page.goto(site.document)
    page.emulate_media(media="print")
    _shoot(page, "record-print")
    assert not page.locator("header.site").is_visible()
    assert page.locator(".sheet h1").is_visible()
