import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from yangguang.ledger.errors import MalformedPolicyError
from yangguang.ledger.keys import Ed25519Signer
from yangguang.ledger.policy import is_satisfied
from yangguang.ledger.queries import (
    format_verifier_key,
    parse_policy,
    parse_verifier_key,
    policy_for,
    verifier_key,
)
from yangguang.ledger.types import Group, SignatureType, VerifierKey, Witness


def signer(name: str) -> Ed25519Signer:
    """Return a signer with a key of its name: tests named after a key are the same in every process."""
    return Ed25519Signer(name, Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()))


def log_key(name: str) -> str:
    return format_verifier_key(verifier_key(signer(name)))


def witness_key(name: str) -> str:
    return format_verifier_key(VerifierKey(name, SignatureType.COSIGNATURE, signer(name).public_key))


LOG = log_key("log.example/a")
KEYS = {name: witness_key(f"{name}.example/w") for name in ("x1", "x2", "x3", "y1", "y2")}
WITNESSES = "".join(f"witness {name} {key}\n" for name, key in KEYS.items())
EXAMPLE = (
    f"# 说明 comment\n\n log\t{LOG}  https://log.example/\n{WITNESSES}"
    "group x 2 x1 x2 x3\ngroup y any y1 y2\n\t# another\ngroup xy all x y\nquorum xy\n"
)


def test_groups_are_met_by_enough_of_their_members() -> None:
    policy = parse_policy(EXAMPLE)
    assert policy.groups[0] == Group("x", 2, ("x1", "x2", "x3"))
    assert [group.threshold for group in policy.groups] == [2, 1, 2]
    assert is_satisfied(policy, ["x1", "x3", "y2"])
    assert not is_satisfied(policy, ["x1", "y1", "y2"])
    assert not is_satisfied(policy, ["x1", "x2", "x3"])
    assert not is_satisfied(policy, [])


def test_a_group_is_not_met_by_a_witness_that_bears_a_members_name_in_other_characters() -> None:
    # U+212A is the Kelvin sign, which some normal forms turn into K.
    text = f"log {LOG}\nwitness K {KEYS['x1']}\nwitness \u212a {KEYS['x2']}\nquorum K\n"
    policy = parse_policy(text)
    assert is_satisfied(policy, ["K"])
    assert not is_satisfied(policy, ["\u212a"])


def test_a_single_witness_can_be_the_quorum() -> None:
    policy = parse_policy(f"witness w {KEYS['x1']}\nquorum w\n")
    assert policy.logs == ()
    assert is_satisfied(policy, ["w"])


def test_the_policy_of_a_node_trusts_its_log_and_asks_for_no_witness() -> None:
    key = verifier_key(signer("yangguang.example/log"))
    policy = parse_policy(policy_for(key))
    assert policy.logs == (key,)
    assert policy.quorum is None
    assert is_satisfied(policy, [])


def test_a_policy_of_our_own_asks_for_as_many_witnesses_as_told() -> None:
    key = verifier_key(signer("yangguang.example/log"))
    witnesses = [Witness(name, parse_verifier_key(KEYS[name])) for name in ("x1", "x2", "y1")]
    for needed in range(4):
        policy = parse_policy(policy_for(key, witnesses, needed=needed))
        assert policy.logs == (key,)
        assert policy.witnesses == tuple(witnesses)
        assert is_satisfied(policy, ["x1", "x2", "y1"][:needed])
        assert needed == 0 or not is_satisfied(policy, ["x1", "x2", "y1"][: needed - 1])
    for wrong, needed in ((witnesses, 4), ([], 1), ([Witness("a b", witnesses[0].key)], 0), ([*witnesses[:1]] * 2, 1)):
        with pytest.raises(MalformedPolicyError):
            policy_for(key, wrong, needed=needed)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "newline"),
        ("quorum none", "newline"),
        (f"log {LOG}\n", "quorum"),
        ("quorum none\nquorum none\n", "line 2"),
        ("quorum\n", "line 1"),
        ("quorum none none\n", "line 1"),
        ("quorum nobody\n", "line 1"),
        ("Quorum none\n", "line 1"),
        ("quorum none # comment\n", "line 1"),
        ("quorum\u00a0none\n", "line 1"),
        ("quorum none\r\n", "line 1"),
        ("quorum none\n\0\n", "line 2"),
        ("quorum none\n# \x7f\n", "line 2"),
        ("quorum none\n\x0b\n", "line 2"),
        ("log\nquorum none\n", "line 1"),
        ("log junk\nquorum none\n", "line 1"),
        (f"log {LOG} https://a https://b\nquorum none\n", "line 1"),
        (f"log {KEYS['x1']}\nquorum none\n", "line 1"),
        (f"log {LOG}\nlog {LOG}\nquorum none\n", "line 2"),
        (f"witness {KEYS['x1']}\nquorum none\n", "line 1"),
        (f"witness w {LOG}\nquorum none\n", "line 1"),
        (f"witness none {KEYS['x1']}\nquorum none\n", "line 1"),
        (f"witness w {KEYS['x1']}\nwitness w {KEYS['x2']}\nquorum w\n", "line 2"),
        (f"witness v {KEYS['x1']}\nwitness w {KEYS['x1']}\nquorum w\n", "line 2"),
        (f"{WITNESSES}group g any\nquorum g\n", "line 6"),
        (f"{WITNESSES}group g all\nquorum g\n", "line 6"),
        (f"{WITNESSES}group g 0 x1\nquorum g\n", "line 6"),
        (f"{WITNESSES}group g 2 x1\nquorum g\n", "line 6"),
        (f"{WITNESSES}group g 01 x1\nquorum g\n", "line 6"),
        (f"{WITNESSES}group g +1 x1\nquorum g\n", "line 6"),
        (f"{WITNESSES}group g \uff11 x1\nquorum g\n", "line 6"),
        (f"{WITNESSES}group g some x1\nquorum g\n", "line 6"),
        (f"{WITNESSES}group g any x1 x1\nquorum g\n", "line 6"),
        (f"{WITNESSES}group g any none\nquorum g\n", "line 6"),
        (f"{WITNESSES}group none any x1\nquorum none\n", "line 6"),
        (f"{WITNESSES}group x1 any x2\nquorum x1\n", "line 6"),
        (f"{WITNESSES}group g any g\nquorum g\n", "line 6"),
        (f"{WITNESSES}group g any x1\ngroup h any x1\nquorum h\n", "line 7"),
        (f"{WITNESSES}group g any h\ngroup h any x1\nquorum h\n", "line 6"),
        (f"quorum g\n{WITNESSES}group g any x1\n", "line 1"),
        ("#\n" * 600_000 + "quorum none\n", "at most"),
    ],
)
def test_a_malformed_policy_is_refused_with_its_line(text: str, line: str) -> None:
    with pytest.raises(MalformedPolicyError, match=line):
        parse_policy(text)


@given(st.text(max_size=200) | st.lists(st.sampled_from(EXAMPLE.splitlines(keepends=True))).map("".join))
def test_any_text_is_read_or_refused_as_malformed(text: str) -> None:
    try:
        policy = parse_policy(text)
    except MalformedPolicyError:
        return
    assert text.endswith("\n")
    assert policy.quorum is None or is_satisfied(policy, [witness.name for witness in policy.witnesses])
