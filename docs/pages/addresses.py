"""The page ``addresses.md``: every public address, from the portal's own patterns and the first line of each view."""

import re
from inspect import getdoc

from django.urls import URLPattern

from docs.pages.tables import generated_from, table
from yangguang.portal.urls import urlpatterns

CHINESE = {
    "/": "节点首页，含检索框",
    "/language/<code>": "选择界面语言",
    "/robots.txt": "给搜索引擎的说明",
    "/search": "检索",
    "/xxgk/<agency>/": "一个机关的政府信息公开专栏",
    "/xxgk/<agency>/guide/": "政府信息公开指南",
    "/xxgk/<agency>/rules/": "政府信息公开制度",
    "/xxgk/<agency>/statutory/": "法定主动公开内容",
    "/xxgk/<agency>/statutory/<item>/": "法定主动公开内容的一个栏目，分页",
    "/xxgk/<agency>/annual-reports/": "政府信息公开年度报告",
    "/xxgk/<agency>/request/": "依申请公开入口",
    "/records/<identifier>[/r<number>]": "一条信息的最新版本，或指定版本",
    "/records/<identifier>/status.json": "一条信息的现状：各版本、撤回、删除；供程序和离线核验页查询",
    "/records/<identifier>[/r<number>].zip": "自证下载包：全部格式、附件、证明、信任文件和离线核验页",
    "/records/<identifier>[/r<number>].tlog-proof": "页面本身（HTML 格式）的证明文件",
    "/records/<identifier>[/r<number>].<label>": "下载格式：html、txt、md、json、xml",
    "/records/<identifier>[/r<number>].<label>.tlog-proof": "该下载格式的证明文件",
    "/records/<identifier>[/r<number>]/files/<name>": "附件；名称后加 .tlog-proof 为其证明文件",
    "/records/<identifier>[/r<number>]/<label>": "供镜像读取：meta 信息要素、body 正文、att.N 附件",
    "/records/<identifier>[/r<number>]/<label>.tlog-proof": "该成分的证明文件，含盐值",
    "/verify": "核验文件：在浏览器里核验；没有脚本时可以 POST 上传，不保存",
    "/verify/proofs/<digest>": "按文件的 SHA-256 查找现行公开文件的证明（JSON）",
    "/log/checkpoint": "日志的最新签名检查点",
    "/log/archive/<path>": "历次经共同签名的检查点，按条目数存放",
    "/log/policy": "信任策略：核验时信任哪个密钥",
    "/log/tile/<path>": "日志的瓦片和条目包（C2SP tlog-tiles）",
    "/sitemap.xml": "站点地图的目录",
    "/sitemap-<number>.xml": "站点地图",
}
"""What each address holds, for those who read Chinese; an address without a line here stops the generator."""

_ROUTE_PARAMETER = re.compile(r"<[a-z]+:([a-z_]+)>")
_NAMED_GROUP = re.compile(r"\(\?P<([a-z]+)>(?:\[[^\]]*\]|[^()\[\]])*\)")
_OPTIONAL_GROUP = re.compile(r"\(\?:([^()]*)\)\?")


def addresses_page() -> str:
    """Return ``addresses.md``."""
    rows = ((f"`{address}`", CHINESE[address], meaning) for address, meaning in addresses())
    return f"""# 公开地址 · Public addresses

{generated_from("src/yangguang/portal/urls.py")}

这些地址长期不变。全部只读，只接受 GET 和 HEAD；只有 `/verify` 还接受 POST，且什么也不保存。`[…]` 可以省略。
These addresses are stable for ever. All of them only read: GET and HEAD; `/verify` takes a POST as well, and keeps
nothing of it. What stands in `[…]` may be left out.

{table(("地址 address", "内容", "what it gives"), rows)}

- `<identifier>` 是信息标识，26 个小写字母和数字；`<agency>` 是机关代码；`<item>` 是 [法定内容](law.md) 里的 slug。
  `<identifier>` is the record's identifier, 26 letters and digits; `<agency>` an agency's code; `<item>` a slug of
  [what the law says](law.md).
- 已撤回、已删除的信息回答 410，不存在的回答 404。A withdrawn or erased record answers 410, an unknown one 404.
- `/static/` 下是页面的样式，可由前端服务器直接发送。
  Below `/static/` lies the style of the pages; a server in front may send it.
"""


def addresses() -> tuple[tuple[str, str], ...]:
    """Return every public address as people write it, with the first line of its view's docstring, in URL order."""
    return tuple((_readable(pattern), _first_line(pattern)) for pattern in urlpatterns)


def _readable(pattern: URLPattern) -> str:
    route = _ROUTE_PARAMETER.sub(r"<\1>", str(pattern.pattern))
    route = _OPTIONAL_GROUP.sub(r"[\1]", _NAMED_GROUP.sub(r"<\1>", route))
    return "/" + route.removeprefix("^").removesuffix("$").replace("\\.", ".")


def _first_line(pattern: URLPattern) -> str:
    return (getdoc(pattern.callback) or "").partition("\n")[0]
