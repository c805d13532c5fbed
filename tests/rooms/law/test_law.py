"""The data says what the regulation says, in its order and words."""

import dataclasses
import re
from typing import Protocol

import pytest

from yangguang.law import queries
from yangguang.law.errors import (
    LawError,
    UnknownGenreError,
    UnknownGroundError,
    UnknownItemError,
    UnknownLevelError,
    UnknownPartError,
    UnknownSubItemError,
)
from yangguang.law.types import Certainty, Item, Level, Use

COMMON_SLUGS = (
    "legal-basis",
    "agency-profile",
    "plans",
    "statistics",
    "licensing-services",
    "penalty-enforcement",
    "budget-accounts",
    "fees",
    "procurement",
    "major-projects",
    "livelihood",
    "emergency",
    "inspections",
    "civil-service-recruitment",
    "other-statutory",
)
"""Addresses on the public web: a released slug never changes."""

COUNTY_SLUGS = (
    "municipal-works",
    "public-services",
    "public-welfare",
    "land-expropriation",
    "house-expropriation",
    "public-order",
    "social-assistance",
)
TOWNSHIP_SLUGS = (
    "rural-policy",
    "farmland-water",
    "land-contract-transfer",
    "homestead-review",
    "land-expropriation",
    "house-expropriation",
    "levy-labour",
    "social-assistance",
)
SUB_SLUGS = {
    "licensing-services": ("services", "licences", "other-results"),
    "penalty-enforcement": ("penalty-rules", "penalties", "enforcement-rules", "enforcement"),
    "budget-accounts": ("gov-budget", "gov-accounts", "dept-budget", "dept-accounts"),
    "procurement": (
        "procurement-catalogue",
        "procurement-standard",
        "procurement-intentions",
        "procurement-results",
        "contracts",
    ),
    "livelihood": ("poverty-relief", "education", "medical", "social-security", "employment"),
    "emergency": ("plans", "warnings", "response"),
    "inspections": ("environment", "public-health", "work-safety", "food-drug", "product-quality"),
    "civil-service-recruitment": ("notices", "positions", "results"),
}
GROUND_CODES = (
    "secret",
    "law_forbids",
    "three_safety_one_stability",
    "third_party",
    "internal",
    "process",
    "case_file",
    "decision_revoked",
    "published_in_error",
    "superseded",
)
"""Written into the log for ever."""

STATUTORY_GENRES = [
    "决议",
    "决定",
    "命令（令）",
    "公报",
    "公告",
    "通告",
    "意见",
    "通知",
    "通报",
    "报告",
    "请示",
    "批复",
    "议案",
    "函",
    "纪要",
]


class Entry(Protocol):
    @property
    def article(self) -> str: ...

    @property
    def english(self) -> str: ...


def every_item() -> tuple[Item, ...]:
    found = {item.slug: item for level in Level for item in queries.items_for(level)}
    return tuple(found.values())


def test_article_20_has_fifteen_items_in_order_and_their_slugs_never_change() -> None:
    assert tuple(item.slug for item in queries.items()) == COMMON_SLUGS
    assert [item.number for item in queries.items()] == list(range(1, 16))


def test_each_item_of_article_20_names_its_own_paragraph() -> None:
    numerals = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四", "十五"]
    for numeral, item in zip(numerals, queries.items(), strict=True):
        assert item.article == f"条例第二十条第（{numeral}）项"


def test_the_words_of_an_item_are_the_regulation_s() -> None:
    assert queries.item("legal-basis").text == "行政法规、规章和规范性文件"
    assert queries.item("fees").text == "行政事业性收费项目及其依据、标准"
    assert queries.item("homestead-review").text == "宅基地使用情况审核"


def test_only_the_two_short_names_in_an_official_document_are_fixed() -> None:
    assert [item.slug for item in queries.items() if not item.configurable] == ["legal-basis", "agency-profile"]


def test_article_21_adds_seven_items_for_cities_and_counties_and_eight_for_townships() -> None:
    assert tuple(item.slug for item in queries.local_items("city")) == COUNTY_SLUGS
    assert tuple(item.slug for item in queries.local_items("county")) == COUNTY_SLUGS
    assert tuple(item.slug for item in queries.local_items("township")) == TOWNSHIP_SLUGS


def test_the_centre_and_the_provinces_have_article_20_only() -> None:
    assert queries.items_for(Level.CENTRAL) == queries.items()
    assert queries.items_for(Level.PROVINCE) == queries.items()


def test_an_item_in_both_lists_is_one_item() -> None:
    assert queries.item("land-expropriation").levels == (Level.CITY, Level.COUNTY, Level.TOWNSHIP)
    shared = set(queries.local_items("county")) & set(queries.local_items("township"))
    assert {item.slug for item in shared} == {"land-expropriation", "house-expropriation", "social-assistance"}


def test_sub_items_are_those_of_the_specification() -> None:
    found = {item.slug: tuple(child.slug for child in item.children) for item in every_item() if item.children}
    assert found == SUB_SLUGS


def test_a_sub_item_is_found_inside_its_item_only() -> None:
    assert queries.sub_item("emergency", "plans").name == "应急预案"
    assert queries.item("plans").short_name == "规划信息"
    with pytest.raises(UnknownSubItemError, match="warnings"):
        queries.sub_item("emergency", "education")


def test_every_entry_rests_on_an_article_and_has_a_name_in_both_languages() -> None:
    entries: tuple[Entry, ...] = (
        *every_item(),
        *(child for item in every_item() for child in item.children),
        *queries.parts(),
        *queries.genres(),
        *queries.topics(),
        *queries.grounds(),
        *queries.agency_levels(),
        *queries.agency_kinds(),
    )
    shorts = "|".join(re.escape(instrument.short) for instrument in queries.instruments())
    for entry in entries:
        assert re.match(rf"({shorts})第", entry.article), entry
        assert entry.english.strip(), entry
        assert entry.english.isascii() or entry.english == "Communiqué", entry


def test_no_slug_or_alias_of_a_column_is_used_twice() -> None:
    for names in (queries.columns(), tuple(item.pinyin for item in every_item())):
        assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", slug) for slug in queries.columns())


def test_the_column_has_four_parts_in_order_and_the_request_entry_beside_them() -> None:
    assert [part.slug for part in queries.parts()] == ["guide", "rules", "statutory", "annual-reports", "request"]
    assert [part.number for part in queries.parts()] == [1, 2, 3, 4, None]
    assert queries.part("guide").name == "政府信息公开指南"


def test_a_record_may_stand_in_any_item_or_in_the_other_three_parts() -> None:
    assert set(queries.columns()) == {item.slug for item in every_item()} | {"guide", "rules", "annual-reports"}


def test_there_are_fifteen_types_of_official_document_in_the_order_of_article_8() -> None:
    assert [genre.name for genre in queries.genres() if genre.statutory] == STATUTORY_GENRES


def test_only_reports_upwards_are_process_information_as_a_rule() -> None:
    assert [genre.name for genre in queries.genres() if genre.usually_process] == ["报告", "请示"]


@pytest.mark.parametrize(
    ("word", "code"),
    [("通知", "tongzhi"), ("han", "han"), ("会议纪要", "jiyao"), ("令", "ling"), ("命令（令）", "ling")],
)
def test_a_genre_is_found_by_code_name_or_alias(word: str, code: str) -> None:
    assert queries.genre(word).code == code


def test_there_are_22_topic_classes_and_the_last_has_no_sub_classes() -> None:
    topics = queries.topics()
    assert [topic.number for topic in topics] == list(range(1, 23))
    assert topics[-1].children == ()
    assert all(topic.children for topic in topics[:-1])
    assert "综合政务\\政务公开" in {child.path for child in topics[1].children}


def test_ground_codes_never_change() -> None:
    assert tuple(ground.code for ground in queries.grounds()) == GROUND_CODES


def test_only_what_the_law_forbids_or_protects_may_be_erased() -> None:
    erasable = {ground.code for ground in queries.grounds() if Use.ERASE in ground.uses}
    assert erasable == {"secret", "law_forbids", "three_safety_one_stability", "third_party"}


def test_a_revoked_penalty_decision_rests_on_the_penalty_law() -> None:
    assert queries.ground("decision_revoked").article == "行政处罚法第四十八条"
    assert queries.ground("published_in_error").certainty is Certainty.DESIGN


def test_levels_stand_highest_first_and_five_kinds_are_governments() -> None:
    assert [found.level for found in queries.agency_levels()] == list(Level)
    assert [kind.level for kind in queries.agency_kinds() if kind.level] == list(Level)
    assert len(queries.agency_kinds()) == 10


def test_what_does_not_exist_is_refused_with_what_exists() -> None:
    with pytest.raises(UnknownItemError, match=r"'news' is not an item.*legal-basis.*levy-labour"):
        queries.item("news")
    with pytest.raises(UnknownItemError, match="legal-basis"):
        queries.sub_item("news", "services")
    with pytest.raises(UnknownGenreError, match="纪要"):
        queries.genre("快讯")
    with pytest.raises(UnknownGroundError, match="third_party"):
        queries.ground("inconvenient")
    with pytest.raises(UnknownPartError, match="annual-reports"):
        queries.part("news")
    with pytest.raises(UnknownLevelError, match="township"):
        queries.items_for("village")
    assert issubclass(UnknownSubItemError, LawError)


def test_what_the_door_hands_out_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        queries.item("fees").slug = "charges"  # type: ignore[misc]  # that it is refused is the point
