"""What is read from the corpus: files that nobody on this project wrote."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from yangguang.records.queries import decode_body, encode_body
from yangguang.records.types import Heading, Kind, Role, Table
from yangguang.sources.queries import count_files, read_tree
from yangguang.sources.types import Manuscript, Refused


@pytest.fixture(scope="module")
def column_page(corpus: Path) -> list[Manuscript | Refused]:
    return list(read_tree([corpus / "source-page.txt"]))


@pytest.fixture(scope="module")
def articles(column_page: list[Manuscript | Refused]) -> list[Manuscript]:
    return [found for found in column_page if isinstance(found, Manuscript)]


@pytest.fixture(scope="module")
def documents(articles: list[Manuscript]) -> list[Manuscript]:
    return [article for article in articles[::2] if article.kind is Kind.DOCUMENT]


@pytest.fixture(scope="module")
def regulations(corpus: Path) -> list[Manuscript | Refused]:
    return list(read_tree([corpus / "laws"]))


def test_the_column_page_holds_twenty_articles_and_two_template_leftovers(
    column_page: list[Manuscript | Refused], articles: list[Manuscript]
) -> None:
    refused = [found for found in column_page if isinstance(found, Refused)]
    assert len(articles) == 20
    assert [found.place.line for found in refused] == [121, 123]
    assert all("{{el.src}}" in found.reason for found in refused)


def test_its_articles_are_ten_each_twice(articles: list[Manuscript]) -> None:
    assert sorted(Counter(article.text_sha256 for article in articles).values()) == [2] * 10


def test_titles_dates_and_sources_of_the_column_page_are_right(articles: list[Manuscript]) -> None:
    assert [(a.place.line, a.title[:12], str(a.published_on), a.source) for a in articles[::2]] == [
        (1, "5G标准发布及产业推动大", "2020-01-10", "工信微报"),
        (13, "“互联网+助力教育资源均", "2020-01-06", "人民网"),
        (25, "王志军出席2019智慧健", "2020-01-03", "工信部"),
        (37, "李克强考察成都网络理政中", "2019-12-24", "中国政府网"),
        (49, "福建省市两级全民健康信息", "2019-12-20", "福建日报"),
        (61, "福建省数字福建建设领导小", "2019-12-19", "福建省人民政府"),
        (73, "七部门印发《关于促进“互", "2019-12-12", "中央人民政府网"),
        (85, "2019数字政府服务能力", "2019-12-08", "福建日报"),
        (97, "“智慧社会专题研讨会”成", "2019-12-05", "国家信息中心"),
        (109, "国务院办公厅政府信息与政", "2019-12-03", "国务院办公厅"),
    ]


def test_seven_articles_are_news_and_stay_outside_the_column(articles: list[Manuscript]) -> None:
    news = [article for article in articles[::2] if article.kind is Kind.NEWS]
    assert len(news) == 7
    assert all(article.column is None and not article.document_number for article in news)


def test_numbers_issuers_and_dates_of_the_three_documents_are_right(documents: list[Manuscript]) -> None:
    assert [(d.document_number, d.issuers, d.formed_on) for d in documents] == [
        ("闽数字办〔2019〕13号", ("福建省数字福建建设领导小组办公室",), date(2019, 12, 9)),
        (
            "发改高技〔2019〕1903号",
            ("国家发展改革委", "教育部", "民政部", "商务部", "文化和旅游部", "卫生健康委", "体育总局"),
            date(2019, 12, 6),
        ),
        ("国办公开办函〔2019〕61号", ("国务院办公厅政府信息与政务公开办公室",), date(2019, 11, 29)),
    ]
    assert [d.document_title for d in documents] == ["", "关于促进“互联网+社会服务”发展的意见", ""]
    assert [d.genre for d in documents] == ["通知", "意见", "通知"]


def test_addressees_of_the_three_documents_are_right(documents: list[Manuscript]) -> None:
    assert [d.addressees for d in documents] == [
        "各设区市人民政府，平潭综合实验区管委会，省直有关部门、直属机构，有关企业、高等院校",
        "各省、自治区、直辖市及计划单列市人民政府，新疆生产建设兵团，国务院有关部门",
        "各省、自治区、直辖市人民政府办公厅，国务院各部委、各直属机构办公厅（室）",
    ]


def test_the_three_documents_have_sixteen_headings_of_each_of_three_levels(documents: list[Manuscript]) -> None:
    levels = Counter(b.level for d in documents for b in d.body.blocks if isinstance(b, Heading))
    assert levels == {1: 16, 2: 16, 3: 16}


def test_the_three_documents_go_to_the_legal_basis_with_a_doubt(documents: list[Manuscript]) -> None:
    assert [d.column for d in documents] == ["legal-basis"] * 3
    assert all("column" in {doubt.field for doubt in d.doubts} for d in documents)


def test_the_signature_of_an_issuing_notice_stands_before_the_text_it_issues(documents: list[Manuscript]) -> None:
    roles = [getattr(block, "role", None) for block in documents[0].body.blocks]
    assert roles.index(Role.SIGNATURE) < roles.index(Role.FORMED_DATE) < roles.index(Role.TITLE)


def test_every_regulation_is_a_document_of_the_legal_basis(regulations: list[Manuscript | Refused]) -> None:
    read = [found for found in regulations if isinstance(found, Manuscript)]
    assert len(read) == 683
    assert {(m.kind, m.column, m.genre) for m in read} == {(Kind.DOCUMENT, "legal-basis", "行政法规")}
    assert all("column" in {doubt.field for doubt in m.doubts} for m in read)
    assert all(m.published_on and m.formed_on and m.formed_on <= m.published_on for m in read)
    assert all(decode_body(encode_body(m.body)) == m.body for m in read)


def test_every_regulation_whose_header_names_an_order_has_its_number(
    regulations: list[Manuscript | Refused], corpus: Path
) -> None:
    for found in regulations:
        header = (corpus / "laws" / found.place.name).read_text().partition("<!-- INFO END -->")[0]
        if "国务院令第" in header and isinstance(found, Manuscript):
            assert "令第" in found.document_number, found.place
    numbers = {f.place.name: f.document_number for f in regulations if isinstance(f, Manuscript)}
    assert numbers["不动产登记暂行条例(2019-03-24).md"] == "中华人民共和国国务院令第656号"


def test_the_index_of_the_regulations_is_refused_as_having_no_text(regulations: list[Manuscript | Refused]) -> None:
    (refused,) = [found for found in regulations if isinstance(found, Refused)]
    assert refused.place.name == "_index.md"
    assert "no text" in refused.reason


def test_three_makers_pages_are_read_from_their_heads_and_containers(corpus: Path) -> None:
    county, penalty, gazette = [m for m in read_tree([corpus / "html"]) if isinstance(m, Manuscript)]
    assert (county.kind, county.title, county.published_on) == (
        Kind.NEWS,
        "1-10月德清县固定资产投资结构趋稳趋优",
        date(2016, 11, 22),
    )
    assert penalty.kind is Kind.RECORD
    assert (penalty.document_number, penalty.column) == ("金罚决字〔2024〕36号", "penalty-enforcement")
    (table,) = penalty.body.blocks
    assert isinstance(table, Table)
    assert table.rows[-1][1].text == "2024年7月8日"
    assert gazette.title.startswith("全国人民代表大会常务委员会关于批准财政部发行特别国债")
    assert (gazette.kind, gazette.genre, gazette.formed_on) == (Kind.DOCUMENT, "决议", date(2007, 6, 29))
    assert gazette.published_on == date(2007, 8, 20)


def test_tabbed_penalty_records_become_tables_under_their_files_names(corpus: Path) -> None:
    found = [m for m in read_tree([corpus / "txt"]) if isinstance(m, Manuscript)]
    assert len(found) == 3
    assert all(m.kind is Kind.RECORD and m.column == "penalty-enforcement" for m in found)
    assert found[0].document_number == "金罚决字〔2024〕34号"
    assert {"title", "published_on"} <= {doubt.field for doubt in found[0].doubts}


def test_a_labelled_document_is_read_as_its_labels_say(corpus: Path) -> None:
    (found,) = read_tree([corpus / "labelled" / "govdoccn_397.txt"])
    assert isinstance(found, Manuscript)
    assert found.title == "关于加强个人所得税纳税信用建设的通知"
    assert found.document_number == "发改办财金规〔2019〕860号"
    assert found.issuers == ("国家发展改革委办公厅", "税务总局办公厅")
    assert found.formed_on == date(2019, 8, 20)
    levels = Counter(block.level for block in found.body.blocks if isinstance(block, Heading))
    assert levels == {1: 5, 2: 9}


def test_files_of_formats_not_read_yet_are_refused_by_their_signature(corpus: Path) -> None:
    found = list(read_tree([corpus / "pdf", corpus / "docx", corpus / "ofd"]))
    assert len(found) == count_files([corpus / "pdf", corpus / "docx", corpus / "ofd"])
    assert {found.reason.rpartition(": ")[2] for found in found if isinstance(found, Refused)} == {"PDF", "DOCX", "OFD"}
    assert not any(isinstance(one, Manuscript) for one in found)
