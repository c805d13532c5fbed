"""A small county for the portal's tests: a node made through the doors, and the settings that point at it."""

import sqlite3
import zlib
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from tests.rooms.catalogue.archive import UNIT, Archive, metadata
from yangguang.agencies.commands import register
from yangguang.agencies.types import Agency, Office
from yangguang.formats.queries import render
from yangguang.kernel.identifiers import RecordId
from yangguang.ledger.commands import cosign, generate_key, with_cosignatures
from yangguang.ledger.queries import cosigner_key, format_verifier_key
from yangguang.portal import node
from yangguang.records.types import Agency as Publisher
from yangguang.records.types import (
    Body,
    Cell,
    Doubt,
    Heading,
    Image,
    ItemList,
    Kind,
    Metadata,
    Paragraph,
    Role,
    Table,
    Validity,
)
from yangguang.search.commands import advance as advance_search

EDUCATION = Publisher("ys-edu", "云溪县教育体育局", UNIT)
FINANCE = Publisher("ys-fin", "云溪县财政局", UNIT)
LONG_TITLE = (
    "云溪县教育体育局、云溪县发展和改革委员会、云溪县财政局、云溪县自然资源局、云溪县住房和城乡建设局"
    "关于进一步做好农村义务教育薄弱环节改善与能力提升工作并加快推进县域义务教育优质均衡发展的若干实施意见（试行）"
)
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cfc0f01f00050001ff"
    "a7d0c1c50000000049454e44ae426082"
)
"""A PNG of one pixel."""


@dataclass(frozen=True)
class NodeOf:
    """What the portal reads of `settings.NODE`."""

    home: Path
    origin: str = "example.org/xxgk"
    name: str = "云溪县政府信息公开平台"
    site_code: str = "3700000001"
    base_url: str = ""

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def blobs(self) -> Path:
        return self.home / "blobs"

    @property
    def search(self) -> Path:
        return self.home / "search"

    @property
    def policy(self) -> Path:
        return self.home / "policy"


class County:
    """A node with two agencies; records are added by the tests, then `settle` projects them."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.archive = Archive(home, render)
        self.node = NodeOf(home)
        (home / "policy").write_text(self.archive.policy, "utf-8")
        office = Office(
            "县教育体育局办公室", "云溪县文昌路12号", "工作日 9:00—17:00", "0531-12345678", "", "edu@example.org"
        )
        register(Agency(EDUCATION.code, EDUCATION.name, UNIT, "county", "dept", office=office))
        register(Agency(FINANCE.code, FINANCE.name, UNIT, "county", "dept"))

    def watch(self) -> None:
        """Let a witness and a content mirror watch the log from now on; the trust file names both and asks for one."""
        keys = [
            generate_key(self.home / f"{name}.key", name=f"city.example/{name}")
            for name in ("witness", "content-mirror")
        ]
        lines = [
            f"witness {name} {format_verifier_key(cosigner_key(key))}" for name, key in zip("wm", keys, strict=True)
        ]
        policy = self.archive.policy.replace("quorum none", "\n".join([*lines, "quorum w"]))
        self.node.policy.write_text(policy, "utf-8")
        self._watchers = keys

    def cosign(self, moment: int) -> None:
        """Have the newest checkpoint cosigned: by the witness at `moment`, by the mirror a minute later."""
        note = self.archive.log.checkpoint_note()
        lines = [cosign(note, key, now=moment + 60 * place) for place, key in enumerate(self._watchers)]
        self.archive.keep_cosigned(with_cosignatures(note, lines))

    def settle(self) -> None:
        """Project everything that was logged."""
        self.archive.project()
        while advance_search(self.node.search, self.archive.log, self.archive.blobs):
            pass

    def document(self) -> RecordId:
        """Publish a document with every kind of block, attachments and doubts."""
        return self.archive.publish(
            metadata(
                topic="科技、教育\\教育",
                genre="通知",
                validity=Validity.IN_FORCE,
                keywords=("义务教育", "招生"),
                summary="部署2026年春季义务教育学校招生工作。",
                doubts=(Doubt("column", "按标题推断，请核对"), Doubt("formed_on", "落款日期只有年月")),
            ),
            _text(),
            [("附件1 招生计划表.png", "image/png", PICTURE), ("附件2 <样表>.html", "text/html", b"<script>1</script>")],
        )

    def many(self, number: int) -> list[RecordId]:
        """Publish `number` plain documents in the item 规划信息, the first with a very long title."""
        first = date(2026, 1, 1)
        records = [
            metadata(
                LONG_TITLE if place == number - 1 else f"云溪县教育事业发展规划第{place + 1}号公告",
                column="plans",
                published_on=first + timedelta(days=place),
                document_number=f"云教规〔2026〕{place + 1}号",
            )
            for place in range(number)
        ]
        return self.archive.publish_all(records, _text())

    def news(self) -> RecordId:
        """Publish a piece of news."""
        return self.archive.publish(
            metadata("云溪县中小学运动会开幕", kind=Kind.NEWS, column=None, document_number="", formed_on=None)
        )

    def closed(self) -> RecordId:
        """Publish a document and withdraw it."""
        identifier = self.archive.publish(metadata("已经撤回的通知"))
        self.archive.withdraw(identifier)
        return identifier

    def corrected(self, identifier: RecordId) -> None:
        """Publish a second revision of one of the plans."""
        self.archive.revise(identifier, _correction(), _text())

    def forget_readers(self) -> None:
        """Let the site open its store anew, as a restarted process would."""
        node._blobs.cache_clear()

    def damage_contents(self) -> None:
        """Change the stored bytes of every content behind the store's back."""
        with closing(sqlite3.connect(self.node.blobs / "blobs.sqlite3")) as connection, connection:
            connection.execute("UPDATE contents SET deflated = ?", (zlib.compress(b"changed"),))
        self.forget_readers()


def _correction() -> Metadata:
    return metadata("云溪县教育事业发展规划第1号公告（更正）", column="plans", document_number="云教规〔2026〕1号")


def _text() -> Body:
    return Body(
        (
            Paragraph("各乡镇中心学校，县直各学校：", Role.ADDRESSEES),
            Paragraph("为做好2026年春季义务教育学校招生工作，根据《中华人民共和国义务教育法》，现将有关事项通知如下。"),
            Heading(1, "一、", "总体要求"),
            Paragraph("坚持免试就近入学，落实公办民办学校同步招生。<b>不得</b>以任何形式选拔学生。"),
            Heading(1, "二、", "工作安排"),
            Heading(2, "（一）", "登记。", run_in=True),
            Paragraph("三月十日至二十日，学校接受登记。"),
            Heading(2, "（二）", "公示。", run_in=True),
            Paragraph("四月一日前，名单在学校公示。"),
            ItemList(("户口簿", "房产证或者租赁合同")),
            Table(
                (
                    tuple(
                        Cell(text, header=True) for text in ("学校", "班额", "计划", "范围", "联系人", "电话", "地址")
                    ),
                    tuple(
                        Cell(text)
                        for text in (
                            "第一实验小学",
                            "6",
                            "270",
                            "城关街道东片区",
                            "王老师",
                            "0531-12345678",
                            "文昌路1号",
                        )
                    ),
                    (Cell("合计", columns=2), *(Cell(text) for text in ("270", "", "", "", ""))),
                ),
                "2026年春季招生计划",
            ),
            Heading(1, "三、", "监督"),
            Image("附件1 招生计划表.png", "招生计划示意图"),
            Paragraph("附件：1．招生计划表", Role.ATTACHMENT_NOTE),
            Paragraph("云溪县教育体育局", Role.SIGNATURE),
            Paragraph("2026年2月27日", Role.FORMED_DATE),
            Paragraph("（此件公开发布）", Role.NOTE),
        )
    )
