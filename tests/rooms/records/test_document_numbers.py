"""One number in any bracket style has one key; damage is never guessed at. Vectors: the metadata specification, 7.4."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yangguang.records.queries import parse_document_number


@pytest.mark.parametrize(
    "text",
    [
        "国办公开办函〔2019〕61号", "国办秘函〔2019〕19号", "国办函〔2020〕109号", "闽政〔2019〕4号",
        "闽数字办〔2019〕13号",
        "发改高技〔2019〕1903号", "国办发明电〔2021〕11号", "宿政办函〔2021〕21号", "建保〔2016〕281号",
        "穗府办规〔2024〕6号",
        "工信部联电子〔2017〕25号", "中华人民共和国国务院令第711号", "国务院令第492号", "交通运输部令2021年第1号",
        "国家税务总局公告2019年第12号", "2019年第5号公告",
    ],
)  # fmt: skip
def test_a_number_in_normal_form_stays_as_it_is(text: str) -> None:
    number = parse_document_number(text)
    assert number is not None
    assert number.text == text


@pytest.mark.parametrize(
    "text",
    [
        "国办发〔2017〕47号", "国办发[2017]47号", "国办发﹝2017﹞47号", "国办发(2017)47号", "国办发【2017】047号",
        "国办发〔2017〕第47号", "国办发 〔2017〕 47 号", "国办发〔２０１７〕４７号", "国办发（2017）47号",
        "国办发〔2017年〕47号",
        "国办发(2017〕47号", "国办发\u200b〔2017〕47号",
    ],
)  # fmt: skip
def test_every_style_of_one_number_has_one_key(text: str) -> None:
    number = parse_document_number(text)
    assert number is not None
    assert number.key == "国办发|2017|47"
    assert number.text == "国办发〔2017〕47号"


@pytest.mark.parametrize(
    "text",
    [
        "国办公开办函〔202130",
        "京建发〔2020〕号",
        "",
        "61号",
        "〔2019〕61号",
        "2019年第1号台风",
        "通知",
        "国办发〔2017〕0号",
    ],
)
def test_damage_is_not_a_number(text: str) -> None:
    assert parse_document_number(text) is None


def test_an_order_without_a_year_has_none() -> None:
    number = parse_document_number("国务院令第492号")
    assert number is not None
    assert (number.code, number.year, number.number) == ("国务院令", None, 492)


@given(st.text(max_size=80))
def test_any_text_is_a_number_or_none_and_stable(text: str) -> None:
    number = parse_document_number(text)
    if number is not None:
        assert parse_document_number(number.text) == number
