"""What several benchmarks share: documents of our own making, and a node filled with them."""

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from yangguang.blobs.commands import put_all
from yangguang.formats.queries import render
from yangguang.kernel.identifiers import new_record_id
from yangguang.ledger.commands import load_signer, open_writer
from yangguang.ledger.types import Appended
from yangguang.records.queries import BODY, META, RENDITIONS, encode_body, encode_event, encode_metadata
from yangguang.records.types import Agency, Block, Body, Content, Event, EventType, Heading, Kind, Metadata, Paragraph

ROOT = Path(__file__).resolve().parents[1]
HOME = Agency("home", "澄禾县人民政府", "00000000000000000X")
BATCH = 500
_TWO_CHARACTER_WORDS = (
    "公开信息政府机关服务平台监督管理规定办法通知意见方案计划项目资金预算决算许可处罚"
    "应急教育卫生养老就业社会保障环境安全生产水利农业交通建设规划统计审计采购收费标准"
    "程序条件材料时限落实推进加强完善规范开展组织实施检查评估考核培训宣传乡镇街道社区"
    "单位部门企业群众申请受理"
)
_WORDS = tuple(map("".join, zip(_TWO_CHARACTER_WORDS[::2], _TWO_CHARACTER_WORDS[1::2], strict=True)))


def paragraph(dice: random.Random, characters: int) -> str:
    """Return a paragraph of about `characters` characters."""
    words: list[str] = []
    while sum(map(len, words)) < characters:
        words.append(dice.choice(_WORDS))
        if len(words) % 9 == 8:
            words.append("，")
    return "".join(words) + "。"


def contents(number: int, *, seed: int = 7, characters: int = 1_500) -> Iterator[Content]:
    """Yield `number` documents with a few headings and about `characters` characters each."""
    dice = random.Random(seed)
    for position in range(number):
        formed = date(2015, 1, 1) + timedelta(days=dice.randrange(4_000))
        metadata = Metadata(
            kind=Kind.DOCUMENT,
            title=f"关于{paragraph(dice, 12)[:-1]}的通知",
            agency=HOME,
            published_on=formed + timedelta(days=5),
            formed_on=formed,
            index_number=f"home/{formed.year}-{position:05d}",
            document_number=f"澄政发〔{formed.year}〕{position + 1}号",
            column="legal-basis",
            genre="通知",
        )
        blocks: list[Block] = []
        for part in "一二三四":
            blocks.append(Heading(1, f"{part}、", paragraph(dice, 8)[:-1]))
            blocks += [Paragraph(paragraph(dice, characters // 12)) for _ in range(3)]
        yield Content(new_record_id(), 1, metadata, Body(tuple(blocks)))


def init(home: Path) -> dict[str, str]:
    """Make a node in `home`; return the environment in which its command line runs."""
    environment = {**os.environ, "YANGGUANG_HOME": str(home), "PYTHONPATH": str(ROOT / "src")}
    command(environment, "init")
    return environment


def command(environment: dict[str, str], *arguments: str) -> str:
    """Run the command line and return what it printed."""
    line = [sys.executable, "-m", "yangguang.site", *arguments]
    return subprocess.run(line, env=environment, capture_output=True, check=True, text=True).stdout


def publish(home: Path, several: Iterator[Content], *, renditions: bool = True) -> int:
    """Log `several` contents in the node of `home`, as an import does; return how many."""
    done = 0
    with open_writer(
        log=home / "log", head=home / "head" / "head.sqlite3", signer=load_signer(home / "keys" / "log.key")
    ) as writer:
        batch: list[Content] = []
        for content in several:
            batch.append(content)
            if len(batch) == BATCH:
                done += _publish(home, batch, writer.append, renditions=renditions)
                batch = []
        if batch:
            done += _publish(home, batch, writer.append, renditions=renditions)
    return done


def _publish(
    home: Path, batch: list[Content], append: Callable[[Sequence[bytes]], Appended], *, renditions: bool
) -> int:
    labels = RENDITIONS if renditions else ()
    items = [
        component
        for content in batch
        for component in (
            (META, encode_metadata(content.metadata)),
            (BODY, encode_body(content.body)),
            *((label, render(content, label)) for label in labels),
        )
    ]
    openings = put_all(home / "blobs", items)
    each = 2 + len(labels)
    leaves = [
        encode_event(
            Event(
                type=EventType.IMPORT,
                claimed_at=1_785_542_400,
                id=content.id,
                revision=1,
                unit=HOME.uscc,
                formed_on=content.metadata.formed_on,
                commitments={o.label: o.commitment for o in openings[n * each : (n + 1) * each]},
            )
        )
        for n, content in enumerate(batch)
    ]
    append(leaves)
    return len(batch)
