"""An operator in a real browser: logging in, and what must be true of every page."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page

from centre.tests.live import LiveCentre

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 390, "height": 844}
PATIENCE_MS = 15_000


def is_fault(message: ConsoleMessage) -> bool:
    """An error of ours; that a stopped centre cannot be reached is what one test is about."""
    return message.type == "error" and "net::ERR_" not in message.text


def log_in(page: Page, centre: LiveCentre) -> None:
    page.goto(f"{centre.url}/login?lang=en")
    page.get_by_label("Account").fill("demo")
    page.get_by_label("Password").fill("demo")
    page.get_by_label("Desk or room").fill("Desk 1")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Alarms").wait_for()


@contextmanager
def at_the_desk(browser: Browser, centre: LiveCentre) -> Iterator[Page]:
    """An operator, logged in through the form; any error in the page's console fails the test."""
    context = browser.new_context(viewport=WIDE, locale="en")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if is_fault(message) else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    log_in(page, centre)
    yield page
    context.close()
    assert errors == []


def save(page: Page, name: str, scheme: str) -> None:
    """Keep the picture, in the light, for the documentation when asked to."""
    if os.environ.get("DOSEVAKT_PICTURES") == "1" and scheme == "light":
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / name)


STILL = "() => document.getAnimations().every((move) => move.playState === 'finished')"
# WCAG 2.2, 1.4.3: relative luminance of each text against the first opaque background behind it.
CONTRAST = """() => {
  const parts = (css) => css.match(/[0-9.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parts(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest('.hidden')) continue;
    const [a, b] = [light(parts(getComputedStyle(element).color)), light(ground(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) poor.push(`${walker.currentNode.data.trim()}: ${ratio.toFixed(2)}`);
  }
  return poor;
}"""
