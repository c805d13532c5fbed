"""The look of the HTML rendition: calm, readable on a phone, fit for print; the policy lets nothing else in."""

import base64
import hashlib

STYLE = """
:root{color-scheme:light dark;--ink:#1d1d1f;--soft:#5c5f66;--line:#d9dbe0;--ground:#fff;--wash:#f6f7f9;--mark:#a4262c}
@media (prefers-color-scheme:dark){:root{--ink:#e8e8ea;--soft:#a5a8b0;--line:#3a3d44;--ground:#17181b;--wash:#202226;
--mark:#ff8f87}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);line-height:1.85;overflow-wrap:anywhere;
font-family:"Noto Serif CJK SC","Source Han Serif SC","Songti SC",SimSun,serif;font-size:1.0625rem}
main{max-width:46rem;margin:0 auto;padding:2rem 1.25rem 3rem}
h1,h2,h3,h4,h5,h6,dl,.meta,th{font-family:"Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",
sans-serif}
h1{font-size:1.6rem;line-height:1.45;text-align:center;text-wrap:balance;margin:0 0 1.5rem;padding:0 0 1.25rem;
border-bottom:2px solid var(--mark)}
h2{font-size:1.2rem}h3{font-size:1.1rem}h4,h5,h6{font-size:1.0625rem}
h2,h3,h4,h5,h6{line-height:1.5;margin:1.5em 0 .5em}
p{margin:.5em 0;text-indent:2em;text-align:justify}
.addressees,.document_number,.title{text-indent:0}
.document_number,.title{text-align:center}
.title{font-weight:bold;font-size:1.2rem}
.signature,.formed_date{text-align:right;text-indent:0;padding-right:2em}
.run-in{margin:.5em 0;text-indent:2em;text-align:justify}
.run-in>*{display:inline;margin:0;unicode-bidi:isolate}
.box{margin:0 0 2rem;padding:.25rem 1rem;background:var(--wash);border:1px solid var(--line);border-radius:4px;
font-size:.9rem;line-height:1.6;display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,19rem),1fr));
column-gap:1rem}
.box div{display:grid;grid-template-columns:6em 1fr;gap:.5rem;padding:.4rem 0}
.box .long{grid-column:1/-1}
dt{color:var(--soft)}dd{margin:0}
.wide{overflow-x:auto;margin:1.25em 0}
table{border-collapse:collapse;min-width:100%;font-size:.94rem;line-height:1.6}
caption{padding:.4em;font-weight:bold}
th,td{border:1px solid var(--line);padding:.4em .6em;text-align:left;vertical-align:top;min-width:4.5em;
overflow-wrap:break-word}
thead th{background:var(--wash);text-align:center}
figure{margin:1.25em 0;padding:1rem;border:1px dashed var(--line);color:var(--soft);text-align:center}
.meta{margin-top:2.5rem;padding-top:.5rem;border-top:1px solid var(--line);font-size:.875rem;line-height:1.7;
color:var(--soft)}
.meta h2{font-size:1rem;color:var(--ink);margin:1rem 0 .25rem}
.meta p{text-indent:0;text-align:left}.meta ul{margin:.25rem 0;padding-left:1.25rem}
code{font-family:"Noto Sans Mono CJK SC",ui-monospace,monospace;font-size:.94em;word-break:break-all}
@media print{:root{--ink:#000;--soft:#333;--line:#999;--ground:#fff;--wash:#fff;--mark:#000}
main{max-width:none;padding:0}h2,h3,h4,h5,h6{break-after:avoid}tr,figure{break-inside:avoid}}
"""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(STYLE.encode("ascii")).digest()).decode("ascii")
    + "'; base-uri 'none'; form-action 'none'"
)
"""What the HTML rendition needs: its own style sheet, by hash, and nothing else (CSP Level 3)."""
