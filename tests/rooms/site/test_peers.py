"""node.toml names other nodes by name, address and key, and is refused where one of them cannot be."""

from pathlib import Path

import pytest

from yangguang.ledger.commands import Ed25519Signer, generate_key
from yangguang.ledger.queries import cosigner_key, format_verifier_key, verifier_key
from yangguang.site.errors import BadSettingsError
from yangguang.site.node import load


@pytest.fixture
def signer(tmp_path: Path) -> Ed25519Signer:
    return generate_key(tmp_path / "key", name="county.example/xxgk")


def write(folder: Path, *tables: str) -> Path:
    (folder / "node.toml").write_text('origin = "city.example/xxgk"\n' + "\n".join(tables), "utf-8")
    return folder


def table(kind: str, name: str = "county", url: str = "https://www.county.example", key: str = "") -> str:
    return f'[[{kind}]]\nname = "{name}"\nurl = "{url}"\nkey = "{key}"\n'


def test_witnesses_and_lower_nodes_are_read_with_their_keys(tmp_path: Path, signer: Ed25519Signer) -> None:
    log, cosigner = verifier_key(signer), cosigner_key(signer)
    node = load(
        write(
            tmp_path,
            table("lower", key=format_verifier_key(log)),
            table("witness", "a", "http://a.example/w/", format_verifier_key(cosigner)),
            table("witness", "b", "http://b.example", format_verifier_key(cosigner)),
        )
    )
    assert [(lower.name, lower.url, lower.key) for lower in node.lowers] == [
        ("county", "https://www.county.example", log)
    ]
    assert [(witness.name, witness.url) for witness in node.witnesses] == [
        ("a", "http://a.example/w"),
        ("b", "http://b.example"),
    ]
    assert node.origin == "city.example/xxgk"
    assert node.second_head is None


@pytest.mark.parametrize(
    "fault",
    [
        {"name": "../up"},
        {"name": ""},
        {"name": "名"},
        {"url": "ftp://x"},
        {"url": "https://x y"},
        {"url": "file:///etc"},
        {"key": "nonsense"},
        {"key": ""},
    ],
)
@pytest.mark.parametrize("kind", ["witness", "lower"])
def test_a_table_that_cannot_be_is_refused(
    tmp_path: Path, signer: Ed25519Signer, kind: str, fault: dict[str, str]
) -> None:
    key = cosigner_key(signer) if kind == "witness" else verifier_key(signer)
    write(tmp_path, table(kind, **{"key": format_verifier_key(key), **fault}))
    with pytest.raises(BadSettingsError, match=kind):
        load(tmp_path)


def test_a_log_key_is_no_witness_key_and_the_other_way_round(tmp_path: Path, signer: Ed25519Signer) -> None:
    for kind, key in (("witness", verifier_key(signer)), ("lower", cosigner_key(signer))):
        with pytest.raises(BadSettingsError, match="type"):
            load(write(tmp_path, table(kind, key=format_verifier_key(key))))


def test_two_of_one_name_and_other_fields_are_refused(tmp_path: Path, signer: Ed25519Signer) -> None:
    key = format_verifier_key(verifier_key(signer))
    for tables in (
        (table("lower", key=key), table("lower", key=key)),
        (table("lower", key=key) + 'more = "x"\n',),
        ('lower = "county"\n',),
        ("[lower]\nname = 'x'\n",),
        ("[[lower]]\nname = 1\nurl = 'http://x'\nkey = 'x'\n",),
    ):
        with pytest.raises(BadSettingsError, match="lower"):
            load(write(tmp_path, *tables))
