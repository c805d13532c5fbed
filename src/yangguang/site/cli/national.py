"""``log sm2-key``: the national signature beside the log's own, for sites that must show one."""

from yangguang.ledger.commands import generate_sm2_key, load_sm2_signer
from yangguang.ledger.queries import format_sm2_key
from yangguang.site.cli.output import node, say
from yangguang.site.errors import BadSettingsError


def sm2_key() -> None:
    """显示国密 SM2 公钥，没有密钥时先生成 · Print the public SM2 key, made first where the setting sm2_key has none."""
    home = node()
    if home.sm2 is None:
        raise BadSettingsError('node.toml has no sm2_key: write sm2_key = "keys/sm2.key" there first')
    signer = load_sm2_signer(home.sm2) if home.sm2.exists() else generate_sm2_key(home.sm2, name=home.origin)
    say(format_sm2_key(signer.key))
