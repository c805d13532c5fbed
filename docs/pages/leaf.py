"""The page ``leaf.md``: which events the log can say, the fields of a leaf, and how bytes are proven by one."""

import hashlib
from collections.abc import Mapping

from docs.pages.tables import generated_from, table
from yangguang.blobs.queries import commitment
from yangguang.kernel.identifiers import RecordId

# The shape of a leaf is a private table of its room; this page is that table for people, so it reads it as it stands.
from yangguang.records.leaves import _RULES, _SHAPES, LEAF_VERSION, MAX_LEAF_BYTES
from yangguang.records.queries import BODY, META, RENDITIONS, encode_event
from yangguang.records.types import Event, EventType

EVENTS: Mapping[EventType, tuple[str, str]] = {
    EventType.PUBLISH: ("公开：信息第一次公开", "A record becomes public for the first time."),
    EventType.IMPORT: (
        "导入：档案中早已公开的信息，不计时限",
        "A record that was public before joins; no deadline is counted.",
    ),
    EventType.REVISE: ("更正：公开新版本，旧版本仍可查阅", "A new revision becomes public; older ones stay readable."),
    EventType.WITHDRAW: ("撤回：停止公开，内容保留", "The record stops being public; its contents are kept."),
    EventType.RESTORE: ("恢复：撤回的信息重新公开", "A withdrawn record is public again."),
    EventType.ERASE: ("删除：所列成分的内容和盐值被销毁", "Content and salt of the components named are destroyed."),
    EventType.RENDER: ("补充格式：为已公开的版本增加下载格式", "A published revision gains a rendition."),
    EventType.KEY: ("更换密钥：日志启用新的签名密钥", "The log announces a new signing key."),
    EventType.RECEIPT: (
        "收讫：本级已核验并保存下级日志至此",
        "This level has verified a lower log up to here, and holds it and what may be held of its contents.",
    ),
}
"""Every event in Chinese and English; one without a line here stops the generator."""

FIELDS: Mapping[str, tuple[str, str, str]] = {
    "t": ("事件类型", "The event's type", "上表之一 one of the table above"),
    "ts": ("声明的时间", "The claimed moment", "自 1970 年起的秒数 seconds since 1970"),
    "v": ("编码版本", "Version of the encoding", f"{LEAF_VERSION}"),
    "id": ("信息标识", "The record's identifier", "26 个小写字母和数字 26 of a–z, 2–7"),
    "r": ("版本", "The revision", "从 1 起的整数 an integer from 1"),
    "p": ("该信息上一条目的序号", "Log index of the record's previous entry", "整数 an integer"),
    "u": ("公开机关的统一社会信用代码", "Credit code of the publishing agency", "18 位 18 characters"),
    "f": ("声明的成文或变更日期", "Claimed day formed or changed", "YYYY-MM-DD"),
    "c": (
        "各成分的加盐承诺",
        "Salted commitment of each component",
        "成分名到 32 字节 base64 label to 32 bytes in base64",
    ),
    "g": (
        "各成分的 SM3 加盐承诺，按设置启用",
        "The same commitments by SM3, where the setting `sm3` is on",
        "与 c 相同的成分 the components of c",
    ),
    "k": ("被删除的成分", "Components erased", "成分名，按序 labels, sorted"),
    "why": ("法定理由代码", "Code of the legal ground", "见 [法定内容](law.md) see there"),
    "by": ("决定机关的统一社会信用代码", "Credit code of the deciding authority", "18 位 18 characters"),
    "key": ("新的公钥", "The new public key", "32 字节 base64 32 bytes of Ed25519 in base64"),
    "o": (
        "下级日志名称的 SHA-256",
        "SHA-256 of the lower log's origin",
        "32 字节 base64 32 bytes in base64",
    ),
    "n": ("下级日志的条目数", "Entries of the lower log", "从 1 起的整数 an integer from 1"),
    "h": ("下级日志的根", "Root of the lower log", "32 字节 base64 32 bytes in base64"),
}
"""Every field: meaning in Chinese and English, and its shape."""

_ALWAYS = ("t", "ts", "v")
_LABEL = "txt"
_CONTENT = "阳光"


def leaf_page() -> str:
    """Return ``leaf.md``.

    Raises:
        LookupError: the code knows a field that has no words here.
    """
    if strangers := (_RULES.keys() | set(_ALWAYS)) ^ FIELDS.keys():
        raise LookupError(f"say in docs/pages/leaf.py what these fields mean, or drop them: {sorted(strangers)}")
    events = table(
        ("`t`", "含义", "meaning", "必有 always", "可有 sometimes"),
        (
            (f"`{kind.value}`", *EVENTS[kind], _names(_SHAPES[kind].required), _names(_SHAPES[kind].optional))
            for kind in EventType
        ),
    )
    fields = table(
        ("字段 field", "含义", "meaning", "取值 value"),
        ((f"`{name}`", *words) for name, words in FIELDS.items()),
    )
    return f"""# 日志条目 · The leaf: what an entry of the log says

{generated_from("src/yangguang/records/leaves.py")}

日志的每一条是一份规范 JSON（UTF-8、键按序、无空白），至多 {MAX_LEAF_BYTES} 字节。
其中没有任何文字内容：标题、正文、附件只以加盐承诺出现，
所以删除内容以后日志仍然有效。名单之外的类型、字段、版本一律拒绝。

Every entry of the log is canonical JSON (UTF-8, keys sorted, no blanks) of at most {MAX_LEAF_BYTES} bytes. It holds no
text: title, body and attachments are present as salted commitments alone, so the log stays valid when they are erased.
A type, field or version outside these tables is refused.

## 事件 · Events

每个条目都有 `t`、`ts`、`v`。Every entry carries `t`, `ts` and `v`.

{events}

## 字段 · Fields

{fields}

成分 components: `{META}` 信息要素 metadata · `{BODY}` 正文 body · `att.0`、`att.1` … 附件 attachments ·
{"、".join(f"`{label}`" for label in RENDITIONS)} 下载格式 renditions.

`ts` 和 `f` 是公开机关自己的声明。`ts` and `f` are claims of the publisher.

## 例子 · An example

```json
{_example()}
```

## 一份文件怎样由条目证明 · How a file is proven by an entry

1. 文件的 SHA-256 · its SHA-256, 32 bytes: `d`
2. 承诺 · the commitment: `SHA-256("gid-commit-v1\\n" ‖ label ‖ "\\n" ‖ salt ‖ d)`
3. 它等于条目 `c` 中该成分的值 · it equals what the entry's `c` says of the component
4. 条目的叶哈希 · the entry's leaf hash: `SHA-256(0x00 ‖ entry)` (RFC 6962)
5. 路径由叶哈希算到检查点的根，检查点由日志的密钥签名
   the path leads from it to the root in a checkpoint that the log's key signed

`.tlog-proof`（[C2SP tlog-proof](https://c2sp.org/tlog-proof)）含条目、盐值、路径和检查点。
`extra` 一行是下面这份 JSON 的 base64：
A `.tlog-proof` holds entry, salt, path and checkpoint. Its `extra` line is the base64 of this JSON:

```json
{{"entry":"<base64 of the leaf>","open":{{"<label>":"<base64 of the salt>"}}}}
```

核对用例：成分 `{_LABEL}`，盐值为 32 个零字节，内容为 UTF-8 的“{_CONTENT}”，承诺为
A vector: label `{_LABEL}`, a salt of 32 zero bytes, content “{_CONTENT}” in UTF-8, commitment

```
{_vector()}
```
"""


def _names(names: frozenset[str]) -> str:
    return " ".join(f"`{name}`" for name in FIELDS if name in names)


def _example() -> str:
    event = Event(
        type=EventType.WITHDRAW,
        claimed_at=1_767_225_600,
        id=RecordId("a" * 26),
        revision=1,
        previous=0,
        unit="11990321003210011X",
        ground="published_in_error",
    )
    return encode_event(event).decode()


def _vector() -> str:
    return commitment(_LABEL, bytes(32), hashlib.sha256(_CONTENT.encode()).digest()).hex()
