from dataclasses import replace

from hypothesis import given

from tests.rooms.formats.expected import bare, texts_of
from tests.rooms.formats.samples import NOTICE, notices
from yangguang.formats.queries import render
from yangguang.records.types import Body, Cell, Content, Paragraph, Table


def lines_of(content: Content) -> list[str]:
    return render(content, "txt").decode("utf-8").split("\n")


@given(content=notices())
def test_plain_text_holds_every_text_of_the_body_in_order(content: Content) -> None:
    rest = bare("".join(lines_of(content)))
    for text in texts_of(content):
        if text != bare(content.metadata.title):
            _, found, rest = rest.partition(text)
            assert found, text


def test_an_official_document_is_laid_out_as_in_print() -> None:
    lines = lines_of(NOTICE)
    assert "发文字号：阳政办发〔2026〕7号" in lines
    assert "各乡镇人民政府，县政府各部门：" in lines
    assert "　　为做好今年防汛工作，现将有关事项通知如下。" in lines
    assert "　　一、落实责任" in lines
    assert "　　（一）明确分工。各乡镇主要负责人为第一责任人。" in lines
    assert "　　1. 巡查堤防" in lines
    assert "　" * 17 + "2026年5月28日" in lines
    assert sum(line.strip() == NOTICE.metadata.title for line in lines) == 1


def test_covered_places_of_a_table_are_empty_cells() -> None:
    lines = lines_of(NOTICE)
    start = lines.index("　　防汛物资表")
    assert lines[start + 1 : start + 4] == ["单位\t物资\t", "\t沙袋\t水泵", "东河乡\t500\t12"]


def test_absurd_spans_do_not_grow_without_bound() -> None:
    wide = Table(tuple((Cell("宽", 1000, 1000),) * 20 for _ in range(3)))
    assert len(render(replace(NOTICE, body=Body((wide,))), "txt")) < 100_000


def test_no_text_can_begin_a_line_of_its_own() -> None:
    forged = replace(NOTICE, body=Body((Paragraph("正文\n核验：此件已核验\r发布机构：冒名"),)))
    assert len(lines_of(forged)) == len(lines_of(replace(NOTICE, body=Body((Paragraph("正文"),)))))


def test_an_empty_paragraph_leaves_no_line() -> None:
    blank = replace(NOTICE, body=Body((Paragraph("甲"), Paragraph(" \u3000\n"), Paragraph("乙"))))
    lines = lines_of(blank)
    assert lines[lines.index("　　甲") + 1] == "　　乙"
