"""What the pages for people promise about the repository."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("*.md")})
ROOMS = ("protocol/", "firmware/", "hub/", "centre/", "tools/", "hil_tests/", "deploy/", "docs/", "bench/")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page):
    """Whoever follows a link on our pages finds what it names."""
    links = re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]

    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_section_leads_to_its_heading(page):
    """Whoever follows a link into the middle of a page comes to the heading that it means."""
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#:]*\.md|)#([^)]+)\)", text)
    missing = [
        (other, name) for other, name in links if name not in anchors(page.parent / other if other else page)
    ]

    assert missing == []


def anchors(page: Path) -> list[str]:
    """The names of a page's headings in links: small letters, hyphens for spaces, no other signs (as GitHub does)."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings]


def test_every_file_the_architecture_names_is_there():
    """A stranger who follows one event through the architecture page finds every file on the way."""
    named = re.findall(r"`([\w./-]+)`", (ROOT / "docs/architecture.md").read_text(encoding="utf-8"))
    files = [name for name in named if name.startswith(ROOMS)]

    assert len(files) > 60
    assert [name for name in files if not (ROOT / name).exists()] == []


def test_decisions_are_numbered_and_have_every_part():
    """Each decision says its context, what else was possible, what follows, and when to think again."""
    records = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
    parts = ("**Context.**", "**Options.**", "**Decision.**", "**Consequences.**", "**Reopen**")

    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    for record in records:
        words = record.read_text(encoding="utf-8")
        assert [part for part in parts if part not in words] == [], record.name
