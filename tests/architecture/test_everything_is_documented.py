"""What a person can type, set or meet in the log, a file or a report stands in the documentation, by its name."""

import re
from pathlib import Path

import pytest

from docs.pages import addresses, cli
from yangguang.law.queries import grounds
from yangguang.ledger import fsck
from yangguang.records.leaves import _RULES
from yangguang.records.types import EventType
from yangguang.site.node import SETTINGS
from yangguang.sources.frontmatter import KEYS

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "yangguang"
DOCS = ROOT / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def sources() -> str:
    return "".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py"))


def test_every_command_and_option_is_in_the_reference() -> None:
    said = page("reference/cli.md")
    sections = {part.partition("`")[0]: part for part in said.split("\n## `")[1:]}
    for words, command in cli.commands():
        section = sections.pop(" ".join(words))
        for parameter in cli.parameters(command):
            assert cli.spelling(parameter) in section
            assert parameter.help, f"{' '.join(words)} does not say what {parameter.name} means"
    assert not sections


def test_every_setting_and_environment_variable_is_in_the_reference() -> None:
    said = page("reference/settings.md")
    assert [item.name for item in SETTINGS if f"| `{item.name}` |" not in said] == []
    variables = set(re.findall(r"\bYANGGUANG_[A-Z_]+", sources()))
    assert [name for name in sorted(variables) if f"| `{name}` |" not in said] == []


def test_every_event_and_every_field_of_a_leaf_is_in_the_reference() -> None:
    said = page("reference/leaf.md")
    assert [kind.value for kind in EventType if f"| `{kind.value}` |" not in said] == []
    assert [name for name in (*_RULES, "t", "ts", "v") if f"| `{name}` |" not in said] == []


def test_every_public_address_is_in_the_reference() -> None:
    said = page("reference/addresses.md")
    assert [
        address for address, meaning in addresses.addresses() if f"| `{address}` |" not in said or not meaning
    ] == []


def test_every_key_of_front_matter_is_explained() -> None:
    said = page("how-to/import-documents.md")
    assert [key for key in sorted(KEYS) if f"| `{key}` |" not in said] == []


def test_every_ground_for_taking_back_is_explained() -> None:
    said = page("how-to/withdraw-and-erase.md")
    uses = {ground.code for ground in grounds() if {"withdraw", "erase"} & set(ground.uses)}
    assert [code for code in sorted(uses) if f"| `{code}` |" not in said] == []


def test_every_finding_of_the_self_examination_says_what_to_do() -> None:
    said = page("how-to/rebuild-and-check.md")
    of_the_log = {fsck.READABLE, fsck.ENTRIES, fsck.TILES, fsck.ROOT, fsck.SIGNED, fsck.HEAD, fsck.PUBLISHED}
    named = set(re.findall(r'Finding\([^()]*?"((?:records|blobs|catalogue|search)\.[a-z_]+)"', sources()))
    named |= set(re.findall(r'_finding\([^()]*?"(search\.[a-z_]+)"', sources()))
    assert len(named) >= 10, "the pattern finds too few rules: findings are written in another way now"
    assert [rule for rule in sorted(of_the_log | named) if f"`{rule}`" not in said] == []


PAGES = sorted(
    path.relative_to(ROOT).as_posix() for path in (*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "README.zh-CN.md")
)


@pytest.mark.parametrize("name", PAGES)
def test_every_link_inside_the_documentation_leads_somewhere(name: str) -> None:
    text = re.sub(r"```.*?```|`[^`\n]*`", "", (ROOT / name).read_text("utf-8"), flags=re.DOTALL)
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]
    assert [target for target in targets if target and not ((ROOT / name).parent / target).exists()] == []


def test_every_how_to_begins_in_chinese_for_officers() -> None:
    for path in (DOCS / "how-to").glob("*.md"):
        title, summary, *_ = [line for line in path.read_text("utf-8").splitlines() if line]
        assert re.search("[一-鿿]", title), path.name
        assert summary.startswith("> "), f"{path.name} does not begin with a summary"
        assert len(re.findall("[一-鿿]", summary)) > 30, path.name
