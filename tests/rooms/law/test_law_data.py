"""A damaged data file is refused by file, entry and key."""

import pytest

from yangguang.law.errors import LawDataError
from yangguang.law.loading import (
    data_text,
    load_agency_words,
    load_common_items,
    load_genres,
    load_grounds,
    load_instruments,
    load_local_items,
    load_parts,
    load_topics,
)

GROUND = """
[[ground]]
code = "secret"
name = "国家秘密"
english = "State secret"
article = "条例第十四条"
effect = "never"
uses = ["refuse"]
certainty = "V"
"""


def test_a_ground_as_it_should_be_is_read() -> None:
    assert load_grounds(GROUND)[0].code == "secret"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "国家秘密"', 'nmae = "国家秘密"', r"grounds\.toml, ground 1: name is missing"),
        ('uses = ["refuse"]', 'uses = ["refuse"]\nuse = "erase"', r"grounds\.toml, ground 1: unknown key use"),
        ('effect = "never"', 'effect = "perhaps"', "effect is 'perhaps': one of never"),
        ('uses = ["refuse"]', 'uses = "refuse"', "a list of texts expected"),
        ('uses = ["refuse"]', "uses = [1]", "uses holds 1: non-empty text expected"),
        ('name = "国家秘密"', 'name = " "', "name is empty"),
        ('name = "国家秘密"', "name = 14", "name is 14: text expected"),
        ('article = "条例第十四条"', 'article = "宪法第一条"', "list its instrument first"),
        ("[[ground]]", "[[grounds]]", r"grounds\.toml: ground is missing"),
        ("[[ground]]", "[ground]", "a list of tables expected"),
        ("[[ground]]", "[[ground", "not TOML"),
        ("[[ground]]", 'law = "条例"\n[[ground]]', r"grounds\.toml: unknown key law"),
    ],
)
def test_a_damaged_ground_is_refused_by_place_and_key(old: str, new: str, message: str) -> None:
    assert old in GROUND
    with pytest.raises(LawDataError, match=message):
        load_grounds(GROUND.replace(old, new, 1))


def test_an_entry_that_is_no_table_is_refused() -> None:
    with pytest.raises(LawDataError, match="ground 1 is 'secret': a table expected"):
        load_grounds('ground = ["secret"]')


def test_a_code_that_stands_twice_is_refused() -> None:
    with pytest.raises(LawDataError, match="code 'secret' stands twice"):
        load_grounds(GROUND + GROUND)


def test_a_slug_that_stands_twice_is_refused() -> None:
    with pytest.raises(LawDataError, match="'plans' stands twice"):
        load_common_items(data_text("items.toml").replace('slug = "statistics"', 'slug = "plans"'))
    with pytest.raises(LawDataError, match="item emergency: slug 'plans' stands twice"):
        load_common_items(data_text("items.toml").replace('slug = "warnings"', 'slug = "plans"'))


def test_a_number_must_be_a_whole_number_from_one() -> None:
    for value in ('"1"', "0", "true", "1.5"):
        with pytest.raises(LawDataError, match="a whole number from 1 expected"):
            load_parts(data_text("parts.toml").replace("number = 1", f"number = {value}"))


def test_a_flag_must_be_true_or_false() -> None:
    with pytest.raises(LawDataError, match="true or false expected"):
        load_genres(data_text("genres.toml").replace("statutory = true", "statutory = 1", 1))


def test_an_alias_that_is_another_genre_s_name_is_refused() -> None:
    with pytest.raises(LawDataError, match="'通知' stands twice"):
        load_genres(data_text("genres.toml").replace('aliases = ["会议纪要"]', 'aliases = ["通知"]'))


def test_a_date_must_be_a_date() -> None:
    for value in ('"2019-05-15"', "2019-05-15T00:00:00"):
        with pytest.raises(LawDataError, match="a date such as"):
            load_instruments(data_text("instruments.toml").replace("2019-05-15", value))


def test_an_item_of_article_21_without_a_list_is_refused() -> None:
    with pytest.raises(LawDataError, match="levy-labour"):
        load_local_items(data_text("local-items.toml").replace('  "levy-labour",\n', ""))


def test_levels_out_of_order_are_refused() -> None:
    text = data_text("agencies.toml")
    swapped = text.replace('level = "city"', 'level = "x"').replace('level = "county"', 'level = "city"')
    with pytest.raises(LawDataError, match="in this order"):
        load_agency_words(swapped.replace('level = "x"', 'level = "county"'))


def test_a_sub_topic_that_stands_twice_is_refused() -> None:
    with pytest.raises(LawDataError, match="stands twice"):
        load_topics(data_text("topics.toml").replace('name = "政务督查"', 'name = "政务公开"'))
