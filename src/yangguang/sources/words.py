"""Words by which a line is known: names of organisations, titles of documents, kinds of document.

Kinds: 党政机关公文处理工作条例 (2012) 第八条, and the classes that live platforms list beside them (`yangguang.law`).
"""

import re
from functools import cache

from yangguang.law import queries as law
from yangguang.sources.text import HAN

MAX_ORGANISATION = 45
"""Longest name of an organisation, in characters."""

_ORGANISATION_END = re.compile(
    "(?:中共中央|国务院|部|委|会|局|厅|办|室|府|院|署|行|处|中心|总队|支队|大队|公司|集团|大学|学院|学校|医院|站|所|馆|供销合作社|司|部门|海关|人大|"
    "政协|军委|机关|军区|战区|分局|组|街道|基地|协会|联合会|工会|团委|妇联|党委|支部|公署|公安|社|旗)$"
)
_NOT_IN_NAME = re.compile(r"[。，；：！？《》“”\d]|关于|印发|通知|如下|第.+[章节条]")
_STAMPS = re.compile(r"[（(](?:印章|盖章|公章|章|代章)[)）]$")
_SIGNED_BY = re.compile(
    "(?:总理|省长|市长|县长|区长|州长|盟长|旗长|乡长|镇长|主席|主任|部长|局长|署长|行长|审计长|厅长|院长)[ 　]*(?:：)?"
    rf"[{HAN}·• ]{{2,14}}"
)
_TITLE_END = re.compile(
    "(?:通知|意见|决定|决议|公报|公告|通告|通报|报告|请示|批复|议案|函|纪要|命令|令|办法|方案|措施|规定|条例|细则|规则|规划|计划|要点|"
    "纲要|预案|指南|目录|清单|标准|规范|制度|章程|意见书|决定书|公示|名单|预算|决算|说明|若干政策|政策|规程|准则|指引|守则|安排|分工|"
    "任务|工程|行动|机制|职责|公约|暂行|表)(?:[（(][^（）()]{1,20}[)）])?[》”]?$"
)
_TITLE_STOP = re.compile(r"[。；;：:，,]$")
_ISSUER_IN_TITLE = re.compile(r"(.{2,60}?)(?:关于|印发|转发|批转|公布)")
_TRAILING_BRACKETS = re.compile(r"(?:[（(〔][^（）()〔〕]{1,30}[)）〕])+$")
_NEED_DE = frozenset({"函", "报告", "请示", "令", "命令"})
"""Kinds whose bare word ends many other titles too (来函, 工作报告): they count only after 的 or 复."""

_NO_GENRE = ("征求意见", "征集意见", "听取意见")


def organisations(line: str) -> tuple[str, ...]:
    """Return the organisations that make up the whole of `line`, or nothing where anything else stands in it.

    Several names are parted by spaces or ``、``; letters spaced out for print (税 务 总 局) are drawn together.
    """
    text = _STAMPS.sub("", line.strip())
    if not text or len(text) > MAX_ORGANISATION or _NOT_IN_NAME.search(text):
        return ()
    parts = text.split()
    if len(parts) > 1 and all(len(part) <= 2 for part in parts):
        parts = ["".join(parts)]
    names = [name for part in parts for name in part.split("、")]
    return tuple(names) if all(len(name) > 1 and _ORGANISATION_END.search(name) for name in names) else ()


def is_signer(line: str) -> bool:
    """Tell whether `line` is an office-holder's signature under an order (省长　某某)."""
    return len(line) <= MAX_ORGANISATION and _SIGNED_BY.fullmatch(line.strip()) is not None


def is_title(text: str) -> bool:
    """Tell whether `text` reads like a document's title: about something (关于), or ending in a kind of document."""
    if not 4 <= len(text) <= 200 or "。" in text or _TITLE_STOP.search(text):
        return False
    return "关于" in text or ends_title(text)


def ends_title(text: str) -> bool:
    """Tell whether `text` ends as titles of documents do."""
    return _TITLE_END.search(text) is not None


def issuers_in_title(title: str) -> tuple[str, ...]:
    """Return the organisations that open `title` before 关于, 印发, 转发 …, lead first."""
    found = _ISSUER_IN_TITLE.match(title)
    return organisations(found[1]) if found else ()


def genre_in_title(title: str) -> str:
    """Return the name of the kind of document that `title` ends in (通知, 意见 …), or ""."""
    bare = _TRAILING_BRACKETS.sub("", title.strip())
    if bare.endswith(_NO_GENRE):
        return ""
    for word, name in _genre_words():
        if bare.endswith(word) and (word not in _NEED_DE or bare.endswith(("的" + word, "复" + word))):
            return name
    return ""


@cache
def _genre_words() -> tuple[tuple[str, str], ...]:
    # The classes beside the fifteen kinds (行政法规, 统计 …) are known by who made a text, not by its title; plans are.
    genres = [genre for genre in law.genres() if genre.statutory or genre.name == "规划"]
    words = [(word, genre.name) for genre in genres for word in (genre.name, *genre.aliases)]
    return tuple(sorted(words, key=lambda pair: (-len(pair[0]), pair[0])))
