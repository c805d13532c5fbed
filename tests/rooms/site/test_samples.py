"""The samples of `make demo` are complete, well formed and invented."""

import csv
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path

import pytest
import yaml
from selectolax.lexbor import LexborHTMLParser, LexborNode

from yangguang.law import queries as law
from yangguang.law.types import Use
from yangguang.records.types import Kind, Validity

SAMPLES = Path(str(resources.files("yangguang.site").joinpath("samples")))

KEYS = {
    "agency",
    "column",
    "kind",
    "title",
    "document_number",
    "issuers",
    "addressees",
    "formed_on",
    "published_on",
    "genre",
    "topic",
    "summary",
    "keywords",
    "validity",
    "effective_from",
    "source",
    "attachments",
    "withdrawn",
}
STANDARD_NUMBER = re.compile(r"[一-龥][一-龥（）]{0,19}〔20\d{2}〕[1-9]\d{0,5}号")
ORDER_NUMBER = re.compile(r"[一-龥]{2,60}令第[1-9]\d{0,4}号")
CREDIT_CODE = re.compile(r"(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Z])")
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
REGION = "990321"
"""No province has the first two digits 99 (GB/T 2260)."""


@dataclass(frozen=True)
class Sample:
    path: Path
    front: dict[str, object]
    body: str

    @property
    def name(self) -> str:
        return self.path.relative_to(SAMPLES).as_posix()

    def text(self, key: str) -> str:
        found = self.front.get(key, "")
        assert isinstance(found, str), (self.name, key, found)
        return found

    def day(self, key: str) -> date:
        found = self.front[key]
        assert type(found) is date, (self.name, key, found)
        return found

    def texts(self, key: str) -> list[str]:
        found = self.front.get(key, [])
        assert isinstance(found, list), (self.name, key, found)
        assert all(isinstance(word, str) for word in found), (self.name, key, found)
        return found


@cache
def samples() -> tuple[Sample, ...]:
    found: list[Sample] = []
    for path in sorted(SAMPLES.rglob("*.md")):
        opening, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
        assert opening == "", path
        values = yaml.safe_load(front)
        assert isinstance(values, dict), path
        found.append(Sample(path, values, body))
    return tuple(found)


def first_revisions() -> tuple[Sample, ...]:
    return tuple(sample for sample in samples() if not re.search(r"\.r\d+\.md$", sample.name))


@cache
def agencies() -> dict[str, dict[str, object]]:
    tables = tomllib.loads((SAMPLES / "agencies.toml").read_text(encoding="utf-8"))["agency"]
    return {table["code"]: table for table in tables}


def is_credit_code(text: str) -> bool:
    total = sum(ALPHABET.index(letter) * (3**place % 31) for place, letter in enumerate(text[:17]))
    return ALPHABET[(31 - total % 31) % 31] == text[17]


def is_organisation_code(text: str) -> bool:
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(letters.index(letter) * weight for letter, weight in zip(text[:8], weights, strict=True))
    return text[8] == "0123456789X0"[11 - total % 11]


def test_the_county_has_at_least_seven_agencies_and_forty_five_documents() -> None:
    assert len(agencies()) >= 7
    assert len(first_revisions()) >= 45
    assert {sample.text("agency") for sample in samples()} == set(agencies())


def test_every_column_exists_and_at_least_twelve_of_the_fifteen_items_are_filled() -> None:
    found = {sample.text("column") for sample in samples() if "column" in sample.front}
    assert found <= set(law.columns())
    assert len(found & {item.slug for item in law.items()}) >= 12
    assert {"guide", "rules", "annual-reports"} <= found


def test_an_item_of_article_21_stands_only_where_the_agency_s_level_has_it() -> None:
    for sample in samples():
        column = sample.text("column")
        if column in {"", "guide", "rules", "annual-reports"}:
            continue
        level = str(agencies()[sample.text("agency")]["level"])
        assert column in {item.slug for item in law.items_for(level)}, sample.name


def test_front_matter_uses_the_known_keys_and_words_of_the_law() -> None:
    topics = {child.path for topic in law.topics() for child in topic.children}
    for sample in samples():
        assert set(sample.front) <= KEYS, sample.name
        assert sample.text("agency") == sample.path.parent.name, sample.name
        Kind(sample.text("kind"))
        assert sample.text("topic") in topics, sample.name
        if sample.text("genre"):
            assert law.genre(sample.text("genre")).name == sample.text("genre"), sample.name
        if sample.text("validity"):
            Validity(sample.text("validity"))
        assert 0 < len(sample.text("title")) <= 500, sample.name
        assert sample.texts("issuers"), sample.name
        assert sample.body.strip(), sample.name


def test_news_stays_outside_the_column_and_everything_else_inside() -> None:
    outside = [sample for sample in samples() if "column" not in sample.front]
    assert outside
    assert {sample.text("kind") for sample in outside} == {"news"}
    assert all(sample.text("kind") != "news" for sample in samples() if "column" in sample.front)


def test_nothing_is_published_before_it_is_formed_or_more_than_a_month_later() -> None:
    for sample in samples():
        days = (sample.day("published_on") - sample.day("formed_on")).days
        assert 0 <= days <= 31, sample.name
        assert 2023 <= sample.day("formed_on").year <= 2026, sample.name
    assert {sample.day("published_on").year for sample in samples()} == {2023, 2024, 2025, 2026}


def test_document_numbers_are_well_formed_unique_and_of_the_year_they_were_formed_in() -> None:
    numbers = Counter(
        sample.text("document_number") for sample in first_revisions() if "document_number" in sample.front
    )
    assert len(numbers) >= 25
    assert max(numbers.values()) == 1
    for sample in samples():
        number = sample.text("document_number")
        if number and not ORDER_NUMBER.fullmatch(number):
            assert STANDARD_NUMBER.fullmatch(number), number
            assert f"〔{sample.day('formed_on').year}〕" in number, sample.name


def test_every_number_in_the_text_is_in_hexagonal_brackets() -> None:
    for sample in samples():
        assert not re.search(r"[\[［【﹝(（]20\d{2}[\]］】﹞)）]\d+号", sample.body), sample.name


def test_attachments_lie_beside_the_document_and_no_file_is_left_over() -> None:
    named = [sample.path.parent / name for sample in samples() for name in sample.texts("attachments")]
    assert len({path.parent / path.stem for path in named}) >= 3
    assert {path.suffix for path in named} == {".csv", ".txt"}
    beside = {
        path for path in SAMPLES.rglob("*") if path.is_file() and path.suffix not in {".md", ".toml", ".py", ".pyc"}
    }
    assert set(named) == beside
    for path in named:
        if path.suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as lines:
                assert len({len(row) for row in csv.reader(lines)}) == 1, path


def test_a_revision_lies_beside_its_document_differs_from_it_and_came_later() -> None:
    first = {sample.path.with_suffix("").as_posix(): sample for sample in first_revisions()}
    later = [sample for sample in samples() if sample not in first_revisions()]
    assert len(later) >= 3
    for sample in later:
        base = first[re.sub(r"\.r\d+\.md$", "", sample.path.as_posix())]
        assert sample.body != base.body
        assert sample.text("title") == base.text("title")
        assert sample.text("document_number") == base.text("document_number")
        assert sample.day("published_on") > base.day("published_on")


def test_one_record_is_withdrawn_on_a_ground_of_the_law() -> None:
    withdrawn = [sample for sample in samples() if "withdrawn" in sample.front]
    assert len(withdrawn) == 1
    said = withdrawn[0].front["withdrawn"]
    assert isinstance(said, dict)
    assert set(said) == {"ground", "on"}
    assert Use.WITHDRAW in law.ground(said["ground"]).uses
    assert said["on"] > withdrawn[0].day("published_on")


def test_the_hard_cases_are_there() -> None:
    assert any(len(sample.text("title")) >= 120 for sample in samples())
    assert any(len(sample.texts("issuers")) == 3 for sample in samples())
    assert any('rowspan="2"' in sample.body and 'colspan="3"' in sample.body for sample in samples())
    assert any(all(character in sample.body for character in "镕堃喆玥") for sample in samples())
    levels = ("## 一、", "### （一）", "#### 1. ", "##### （1）", "###### ① ")
    assert any(all(f"\n{level}" in sample.body for level in levels) for sample in samples())


def test_a_guide_states_the_nine_facts_of_article_12() -> None:
    guides = [sample for sample in samples() if sample.text("column") == "guide"]
    assert {sample.text("agency") for sample in guides} == set(agencies())
    for sample in guides:
        for fact in (
            "分类",
            "编排体系",
            "获取方式",
            "名称",
            "办公地址",
            "办公时间",
            "联系电话",
            "传真号码",
            "互联网联系方式",
        ):
            assert fact in sample.body, (sample.name, fact)


def test_credit_codes_pass_both_checks_and_belong_to_no_real_region() -> None:
    codes = {str(agency["uscc"]) for agency in agencies().values()}
    assert len(codes) == len(agencies())
    for sample in samples():
        codes.update(CREDIT_CODE.findall(sample.body))
    assert len(codes) > len(agencies())
    for code in codes:
        assert CREDIT_CODE.fullmatch(code), code
        assert is_credit_code(code), code
        assert is_organisation_code(code[8:17]), code
        assert code[2:4] == "99", code
    assert {agency["region_code"] for agency in agencies().values()} == {REGION}


def test_agencies_are_described_in_the_law_s_words_and_hang_together() -> None:
    kinds = {kind.code for kind in law.agency_kinds()}
    levels = {level.level for level in law.agency_levels()}
    for code, agency in agencies().items():
        assert agency["kind"] in kinds, code
        assert agency["level"] in levels, code
        assert agency["parent"] in {"", *agencies()} - {code}, code
        office = agency["office"]
        assert isinstance(office, dict)
        assert set(office) == {"name", "address", "hours", "phone", "fax", "email", "website"}, code
        assert all(office.values()), code
        assert office["email"].endswith(".example"), code
        assert re.fullmatch(r"https://[a-z-]+\.chenghe\.example", office["website"]), code


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a mobile phone", r"(?<!\d)1[3-9]\d{9}(?!\d)"),
        ("an identity number", r"(?<![0-9A-Z])\d{17}[\dX](?![0-9A-Z])"),
        ("a telephone of a real area", r"(?<!\d)0[1-9]\d{1,2}-\d{7,8}(?!\d)"),
        ("a real mail or web address", r"(?:@|https?://)(?![a-z-]*\.?chenghe\.example)"),
    ],
)
def test_no_sample_holds(what: str, pattern: str) -> None:
    for path in (*SAMPLES.rglob("*.md"), *SAMPLES.rglob("*.csv"), *SAMPLES.rglob("*.txt"), SAMPLES / "agencies.toml"):
        bare = CREDIT_CODE.sub("", path.read_text(encoding="utf-8"))
        assert not re.search(pattern, bare), (what, path)


def numbers(row: LexborNode) -> list[int]:
    return [int(cell.text()) for cell in row.css("td") if re.fullmatch(r"\d+", cell.text())]


def annual_reports() -> list[Sample]:
    return [sample for sample in samples() if sample.text("column") == "annual-reports"]


def test_several_agencies_have_an_annual_report_with_six_sections_in_order() -> None:
    assert len({sample.text("agency") for sample in annual_reports()}) >= 4
    for sample in annual_reports():
        assert re.findall(r"^## (.*)$", sample.body, re.MULTILINE) == [
            "一、总体情况",
            "二、主动公开政府信息情况",
            "三、收到和处理政府信息公开申请情况",
            "四、政府信息公开行政复议、行政诉讼情况",
            "五、存在的主要问题及改进情况",
            "六、其他需要报告的事项",
        ], sample.name


def test_the_tables_of_every_annual_report_add_up() -> None:
    for sample in annual_reports():
        second, third, fourth = LexborHTMLParser(sample.body).css("table")
        assert len([cell for cell in second.css("td") if re.fullmatch(r"[\d.]+", cell.text())]) == 10, sample.name
        rows = [numbers(row) for row in third.css("tbody tr")]
        assert [len(row) for row in rows] == [7] * 25, sample.name
        for row in rows:
            assert sum(row[:6]) == row[6], sample.name
        new, carried_in, *results, total, carried_out = rows
        for column in range(7):
            assert new[column] + carried_in[column] == total[column] + carried_out[column], sample.name
            assert sum(row[column] for row in results) == total[column], sample.name
        (remedies,) = [numbers(row) for row in fourth.css("tbody tr")]
        assert len(remedies) == 15, sample.name
        for block in (remedies[:5], remedies[5:10], remedies[10:]):
            assert sum(block[:4]) == block[4], sample.name


def test_what_one_year_carries_out_the_next_carries_in() -> None:
    by_year = {
        sample.day("formed_on").year: sample for sample in annual_reports() if sample.text("agency") == "finance"
    }
    earlier, later = (LexborHTMLParser(by_year[year].body).css("table")[1].css("tbody tr") for year in (2025, 2026))
    assert numbers(earlier[-1]) == numbers(later[1])


def test_income_equals_spending_in_every_budget_and_account() -> None:
    budgets = [sample for sample in samples() if sample.text("column") == "budget-accounts"]
    assert len(budgets) >= 4
    for sample in budgets:
        totals = re.findall(r"\| (?:收入总计|支出总计|总计) \| (\d+) \|(?: 总计 \| (\d+) \|| (\d+) \|)?", sample.body)
        stated = {figure for match in totals for figure in match[:2] if figure}
        executed = {match[2] for match in totals if match[2]}
        assert len(stated) == 1, sample.name
        assert len(executed) <= 1, sample.name
