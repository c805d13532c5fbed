from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rooms.search.world import World
from yangguang.records.types import Agency, Kind
from yangguang.search.queries import open_index, parse_query
from yangguang.search.types import Contains, Filters, Results, Segment, Sort

EDUCATION = Agency("jyj", "清河县教育局", "11370112004189015V")


def text_of(segments: tuple[Segment, ...]) -> str:
    return "".join(each.text for each in segments)


def marked(segments: tuple[Segment, ...]) -> list[str]:
    return [each.text for each in segments if each.is_hit]


def test_all_words_are_required_wherever_they_stand(world: World) -> None:
    world.publish("区块链应用方案", "支持企业发展。", agency=EDUCATION)
    world.publish("区块链应用方案", "支持学校发展。")
    assert len(world.search("区块链").hits) == 2
    assert len(world.search("区块链 教育局 企业").hits) == 1
    assert world.search("区块链 教育局 学校").total == 0


def test_a_word_across_word_borders_is_found(world: World) -> None:
    world.publish("通知", "清河鑫瑞恒泰建设工程有限公司")
    assert world.titles("瑞恒泰建") == ["通知"]


def test_a_term_with_punctuation_is_split_into_parts_that_must_all_be_there(world: World) -> None:
    world.publish("甲", "教育、科技、人才")
    world.publish("乙", "科技与教育")
    assert set(world.titles("教育、科技")) == {"甲", "乙"}
    assert world.titles('"教育、科技"') == ["甲"]
    assert world.titles("教育、体育") == []


def test_a_title_is_found_without_its_quotation_marks(world: World) -> None:
    world.publish("关于印发《“十四五”规划》的通知", "正文")
    assert world.titles("关于印发十四五规划的通知") == ["关于印发《“十四五”规划》的通知"]
    assert world.titles('"关于印发十四五规划的通知"') == []


def test_excluded_words_exclude(world: World) -> None:
    world.publish("甲", "废止的办法")
    world.publish("乙", "现行的办法")
    assert world.titles("办法 -废止") == ["乙"]
    assert world.titles('办法 -"废止的"') == ["乙"]
    assert world.titles("-废止") == ["乙"]
    assert world.titles("-title:甲") == ["乙"]
    assert world.titles("-kind:document") == []


def test_field_terms_narrow_like_filters(world: World) -> None:
    world.publish("甲", "公开", agency=EDUCATION, column="plans", formed_on=date(2016, 1, 1))
    world.publish("乙", "公开", kind=Kind.NEWS, column=None, published_on=date(2021, 5, 1))
    world.publish("丙公开", "不", issuers=("清河县财政局",), formed_on=date(2018, 1, 1))
    assert world.titles("公开 agency:jyj") == ["甲"]
    assert world.titles("公开 agency:财政局") == ["丙公开"]
    assert world.titles("item:plans") == ["甲"]
    assert world.titles("kind:news 公开") == ["乙"]
    assert world.titles("title:公开") == ["丙公开"]
    assert world.titles("year:2016") == ["甲"]
    assert set(world.titles("year:2016..2018")) == {"甲", "丙公开"}
    assert world.titles("year:2019..") == ["乙"]
    assert set(world.titles("公开 year:..2018")) == {"甲", "丙公开"}
    assert world.titles("year:2018..2016") == []
    assert world.titles("公开", Filters(agency="jyj")) == ["甲"]
    assert world.titles("", Filters(item="plans")) == ["甲"]
    assert world.titles("", Filters(kind=Kind.NEWS)) == ["乙"]
    assert set(world.titles("", Filters(first_year=2016, last_year=2018))) == {"甲", "丙公开"}
    assert world.titles("", Filters(first_year=2021)) == ["乙"]


STYLES = [
    "国办发〔2019〕61号",
    "国办发[2019]61号",
    "国办发［2019］61号",
    "国办发(2019)61号",
    "国办发（2019）61号",
    "国办发【2019】61号",
    "国办发﹝2019﹞61号",
    "国办发〈2019〉61号",
    "国办发<2019>61号",
    "国办发 〔2019〕 61 号",
    "国办发〔２０１９〕６１号",
    "国办发〔2019〕第61号",
    "国办发〔2019〕061号",
    "国办发〔2019〕61",
    "国办发2019年61号",
    "国办发2019年第61号",
    "国办发201961号",
    "国办发201961",
    " 国办发\u200b〔2019〕61号 ",
]


@pytest.mark.parametrize("typed", STYLES)
@pytest.mark.parametrize("printed", ["国办发〔2019〕61号", "国办发 [2019] 61号"])
def test_a_document_number_in_any_style_finds_its_document_first(world: World, typed: str, printed: str) -> None:
    world.publish("引用国办发〔2019〕61号的通知", "按照国办发〔2019〕61号执行。国办发201961", "国办发〔2019〕61号")
    world.publish("另一个", "正文", number="国办发〔2019〕16号")
    world.publish("它自己", "正文", number=printed)
    world.publish("别的机关", "正文", number="鲁政发〔2019〕61号")
    results = world.search(typed)
    assert results.hits[0].record.title == "它自己"
    assert results.hits[0].pinned
    assert results.pinned == 1
    assert "另一个" not in [hit.record.title for hit in results.hits]
    assert "别的机关" not in [hit.record.title for hit in results.hits]


@pytest.mark.parametrize("typed", ["〔2019〕61号", "[2019]61号", "（2019）61", "2019年第61号"])
def test_a_number_without_agency_lists_those_of_all_agencies(world: World, typed: str) -> None:
    for code in ("国办发", "鲁政发", "清政办"):
        world.publish(code, "正文", number=f"{code}〔2019〕61号")
    world.publish("别的", "正文", number="国办发〔2019〕161号")
    results = world.search(typed)
    assert {hit.record.title for hit in results.hits} == {"国办发", "鲁政发", "清政办"}
    assert results.pinned == 3


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("中华人民共和国国务院令第711号", "国务院令第711号"),
        ("国务院令711号", "国务院令第711号"),
        ("交通运输部令2021年第1号", "交通运输部令2021年第1号"),
        ("国家税务总局公告2019年第12号", "国家税务总局公告2019年第12号"),
        ("国家税务总局2019年第12号公告", "国家税务总局公告2019年第12号"),
        ("工信部联电子201725", "工信部联电子〔2017〕25号"),
    ],
)
def test_orders_and_announcements_are_found_by_number(world: World, typed: str, printed: str) -> None:
    world.publish("它", "正文", number=printed)
    world.publish("别的", "正文", number="国务院令第71号")
    assert world.titles(typed) == ["它"]


def test_a_number_is_one_term_among_others(world: World) -> None:
    world.publish("甲", "公开", number="国办发〔2019〕61号")
    world.publish("乙", "依据国办发〔2019〕61号，公开。")
    world.publish("丙", "公开")
    assert world.titles("国办发[2019]61号 公开") == ["甲", "乙"]
    assert world.titles("国办发201961 公开") == ["甲", "乙"]


def test_the_record_whose_title_is_typed_comes_first(world: World) -> None:
    for place in range(60):
        world.publish(f"关于第{place}次会议的通知", "清河县行政规范性文件管理办法。" * 5)
    world.publish("清河县行政规范性文件管理办法", "本办法自公布之日起施行。")
    results = world.index().search("行政规范性文件管理办法")
    assert results.hits[0].record.title == "清河县行政规范性文件管理办法"
    assert results.total == 61


def test_a_year_prefers_records_of_that_year(world: World) -> None:
    world.publish("部门预算", "正文", formed_on=date(2021, 2, 1))
    world.publish("部门预算", "参照2022年", formed_on=date(2023, 2, 1))
    right = world.publish("部门预算", "正文", formed_on=date(2022, 2, 1))
    results = world.search("部门预算 2022")
    assert results.total == 2
    assert results.hits[0].record.id == right


def test_pages_follow_each_other_without_gap_or_repetition(world: World) -> None:
    for place in range(130):
        world.publish(f"公开通知{place}", "公开" * (place % 7 + 1), published_on=date(2000 + place % 20, 1, 1))
    index = world.index()
    for sort in Sort:
        pages = [index.search("公开", page=page, size=15, sort=sort) for page in range(1, 11)]
        seen = [hit.record.id for page in pages for hit in page.hits]
        assert len(seen) == len(set(seen)) == 130
        assert {page.total for page in pages} == {130}
    dates = [hit.record.published_on for hit in index.search("公开", size=100, sort=Sort.DATE).hits]
    assert dates == sorted(dates, reverse=True)


def test_an_empty_query_lists_everything_newest_first(world: World) -> None:
    world.publish("旧", "甲", published_on=date(2001, 1, 1))
    world.publish("新", "甲", published_on=date(2024, 1, 1))
    world.publish("中", "甲", published_on=date(2011, 1, 1))
    for query in ("", "  ", "\u200b", "\u3000"):
        assert world.titles(query) == ["新", "中", "旧"]


def test_facets_count_all_results_and_not_the_page(world: World) -> None:
    for place in range(30):
        world.publish(
            f"公开{place}",
            "甲",
            agency=EDUCATION if place % 3 else Agency("bgs", "办公室", EDUCATION.uscc),
            column="plans" if place % 2 else None,
            kind=Kind.DOCUMENT if place % 5 else Kind.NEWS,
            formed_on=date(2020 + place % 2, 1, 1),
        )
    world.publish("别的", "乙", column="fees")
    facets = world.index().search("公开", size=5).facets
    assert [(each.value, each.count) for each in facets.agency] == [("jyj", 20), ("bgs", 10)]
    assert [(each.value, each.count) for each in facets.item] == [("plans", 15)]
    assert [(each.value, each.count) for each in facets.kind] == [("document", 24), ("news", 6)]
    assert [(each.value, each.count) for each in facets.year] == [("2021", 15), ("2020", 15)]


def test_records_that_only_share_words_are_related_and_not_results(world: World) -> None:
    world.publish("政府信息公开条例", "正文")
    world.publish("财政预算", "正文")
    results = world.search("政府信息公开细则")
    assert results.total == 0
    assert results.hits == ()
    assert [hit.record.title for hit in results.related] == ["政府信息公开条例"]
    assert results.facets.kind == ()
    assert world.search("政府信息公开细则", Filters(first_year=2000, last_year=2001)).related == ()
    assert world.search("政府信息公开细则 -条例").related == ()


def test_a_full_first_page_has_no_related_records(world: World) -> None:
    for place in range(5):
        world.publish(f"信息公开{place}", "甲")
    world.publish("信息", "甲")
    index = world.index()
    assert index.search("信息公开", size=5).related == ()
    assert [hit.record.title for hit in index.search("信息公开", size=10).related] == ["信息"]
    assert index.search("信息公开", size=10, page=2).related == ()


def test_a_snippet_shows_the_text_around_a_hit_as_it_is_printed(world: World) -> None:
    before, after = "前文" * 100, "后文" * 100
    world.publish("标题", "无关的一段。", before + "依据《条例》（ 2019 年）Ａbc公开" + after, "又一段")
    hit = world.search('"(2019年)ABC公开"').hits[0]
    assert marked(hit.snippet) == ["（ 2019 年）Ａbc公开"]
    assert text_of(hit.snippet).startswith("…")
    assert text_of(hit.snippet).endswith("…")
    assert text_of(hit.snippet).strip("…") in before + "依据《条例》（ 2019 年）Ａbc公开" + after
    assert len(text_of(hit.snippet)) < 140


def test_titles_are_marked_and_never_markup(world: World) -> None:
    world.publish("<b>公开</b>《办法》", "<script>公开</script>")
    hit = world.search("公开").hits[0]
    assert marked(hit.title) == ["公开"]
    assert text_of(hit.title) == "<b>公开</b>《办法》"
    assert text_of(hit.snippet) == "<script>公开</script>"


def test_a_hit_carries_what_a_list_shows(world: World) -> None:
    day = date(2019, 5, 1)
    number, makers = "国办发〔2019〕61号", ("甲部", "乙部")
    record_id = world.publish("标题", "正文", number=number, issuers=makers, formed_on=day, column="plans")
    record = world.search("标题").hits[0].record
    assert (record.id, record.revision, record.log_index) == (record_id, 1, 0)
    assert (record.title, record.document_number, record.issuers) == ("标题", number, makers)
    assert (record.agency_code, record.agency_name, record.column) == ("bgs", "清河县人民政府办公室", "plans")
    assert (record.formed_on, record.published_on, record.kind) == (day, date(2019, 6, 3), Kind.DOCUMENT)
    assert len(record.body_commitment) == 32


ODD = [
    '"', '""', "“”", '"公开', '公开"', "“公开", '公"开"', "-", "--", "-“", '-"', '-""', "title:", "title: ", "agency:",
    "year:", "year:abc", "year:..", "year:20192", "year:2019..2018", "kind:x", "item:", ":", "a:b:c", "(a OR", "AND",
    "[2019]61号", "*", "?", "\\", "《》", "。", "\x00", "\x01公", "\ud800", "国\ud800办", "😀", "👨‍👩‍👧", "-公 -开",
    "title:-公", "-title:", '-title:"公开"', "+公开", "^", "~", "{}", "NaN", "year:９９９９", "﷽",
    "a" * 10_000, "公 " * 3_000,
    '"' * 999, "-" * 999, "year:0000", "year:9999..", "〔2019〕0号", "国办发〔2019〕号", "9" * 400,
]  # fmt: skip


@pytest.mark.parametrize("query", ODD)
def test_odd_input_is_answered(world: World, query: str) -> None:
    world.publish("公开", "公开")
    results = world.search(query)
    assert isinstance(results, Results)
    assert len(results.hits) == results.total


def test_an_unbalanced_quotation_mark_is_taken_literally(world: World) -> None:
    world.publish("甲", "信息公开")
    assert world.titles('"信息公开') == ["甲"]
    assert world.titles("信息公开”") == ["甲"]


def test_what_is_beyond_the_limits_is_said_to_be_ignored() -> None:
    query = parse_query(" ".join(f"词{place}" for place in range(40)))
    assert len(query.required) == 32
    assert query.ignored.startswith("词32 词33")
    assert parse_query("长" * 5_000).ignored == "长" * 904
    assert parse_query("短").ignored == ""


TYPED = '公开信 "“”-－:：.（）〔〕19年号title:agency:year:kind:国办发\u3000\ud800a'


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(
        alphabet=st.sampled_from('公开信 "“”-－:：.（）〔〕19年号title:agency:year:kind:国办发\u3000\ud800a'),
        max_size=30,
    )
)
def test_every_query_has_a_meaning(text: str) -> None:
    query = parse_query(text)
    for each in (*query.required, *query.excluded):
        if isinstance(each, Contains):
            assert each.folded


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=20), page=st.integers(-5, 2_000_000), size=st.integers(-5, 500))
def test_every_page_of_every_query_is_answered(world: World, query: str, page: int, size: int) -> None:
    if not world.leaves:
        world.publish("公开", "公开")
        world.settle()
    assert open_index(world.folder).search(query, page=page, size=size).total in {0, 1}


def test_an_index_that_was_never_built_answers_with_nothing(world: World) -> None:
    results = open_index(world.folder).search("公开")
    assert (results.total, results.hits, results.related) == (0, (), ())
