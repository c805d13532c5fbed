"""The page ``settings.md``: every line of ``node.toml``, every environment variable."""

from docs.pages.tables import generated_from, table
from yangguang.site.node import DEFAULT_HOME, HOME_VARIABLE, PARENT_VARIABLE, SETTINGS, SETTINGS_FILE, TABLES

CHINESE = {
    "origin": "日志的名称，终身不变，HOST/PATH，不带协议；也是密钥的名称",
    "name": "公众看到的网站名称",
    "site_code": "网站标识码：10 位数字，或 bm 加 8 位数字；未获分配时为空",
    "base_url": "公网地址的协议和主机，用于站点地图；为空时取自请求",
    "agency": "未写明机关的文件由哪个机关公开",
    "secret_key": "随机文字，由 init 生成，不用于任何公开的签名",
    "head2": "日志之首的第二份副本：另一块磁盘上的文件；用 `log copy-head` 建立",
    "sm3": "`on`：每个成分另加 SM3 承诺，与 SHA-256 并存",
    "sm2_key": "国密 SM2 私钥文件，如 keys/sm2.key：每个检查点另加一行 SM2 签名；用 `log sm2-key` 生成；为空时不加",
    "[[witness]]": "本日志的见证方：name 名称、url 提交地址、key 其共同签名的公钥",
    "[[lower]]": "本级镜像的下级节点：name 名称、url 公开地址、key 其日志的公钥",
}
"""What each setting means, for those who read Chinese."""

VARIABLES = (
    (HOME_VARIABLE, DEFAULT_HOME, "节点的目录", "Folder of the node, from the working directory"),
    (
        "YANGGUANG_LOG_LEVEL",
        "ERROR",
        "网页出错时写出多少：ERROR、WARNING、INFO",
        "How much of a failing web request is written to standard error: ERROR, WARNING or INFO",
    ),
    (
        PARENT_VARIABLE,
        "",
        "由 `serve` 设置，网页进程随该进程结束；不必自行设置",
        "Set by `serve`: the process whose end is that of its web workers; not for you to set",
    ),
)
"""Name, default, meaning in Chinese and in English."""


def settings_page() -> str:
    """Return ``settings.md``."""
    settings = table(
        ("设置 setting", "默认 default", "含义", "meaning"),
        (
            (f"`{found.name}`", f"`{found.default}`" if found.default else "", CHINESE[found.name], found.meaning)
            for found in SETTINGS
        ),
    )
    tables = table(
        ("表 table", "含义", "meaning"),
        ((f"`{found.name}`", CHINESE[found.name], found.meaning) for found in TABLES),
    )
    variables = table(
        ("变量 variable", "默认 default", "含义", "meaning"),
        (
            (f"`{name}`", f"`{default}`" if default else "", chinese, english)
            for name, default, chinese, english in VARIABLES
        ),
    )
    return f"""# 设置 · Settings

{generated_from("src/yangguang/site/node.py")}

节点的设置写在其目录里的 `{SETTINGS_FILE}`，由 `yangguang init` 生成。
值都是文字；不认识的设置在启动时报错。改动在下次启动时生效。

A node's settings stand in `{SETTINGS_FILE}` in its folder, written by `yangguang init`. Every value is a text; an
unknown setting is refused at start. A change takes effect at the next start.

{settings}

`origin` 写进每一个签名，公开第一条信息后不得改动；网站换域名时，日志仍用原名。

`origin` is part of every signature: never change it once a record is public. A site that moves to another host keeps
the name of its log.

## 上级、下级与见证 · Other nodes

可以有任意多个。用法见 [上下级互联](../how-to/connect-levels.md)。
As many of each as there are; see [how levels are connected](../how-to/connect-levels.md).

{tables}

## 环境变量 · Environment variables

{variables}
"""
