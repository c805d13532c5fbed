"""No bytes at all make a parser of the ledger do anything but read or refuse (LEDGER design, row 17 of section 3)."""

import importlib.util
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.ledger import fuzzing
from tests.rooms.ledger.fuzzing import TARGETS, Target
from tests.rooms.ledger.mutations import mutate

ROOT = Path(__file__).resolve().parents[3]
each_target = pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)


@each_target
def test_samples_slightly_changed_are_read_or_refused(target: Target) -> None:
    chance = random.Random(6)
    for _ in range(400):
        for sample in target.samples:
            target.check(mutate(sample, chance))


@pytest.mark.slow
@each_target
def test_samples_much_changed_are_read_or_refused(target: Target) -> None:
    chance = random.Random(7)
    known = list(target.samples)
    for number in range(20_000):
        raw = mutate(chance.choice(known), chance)
        target.check(raw)
        if number % 20 == 0 and len(raw) < 5_000:
            known.append(raw)


@each_target
@settings(max_examples=60)
@given(raw=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(target: Target, raw: bytes) -> None:
    target.check(raw)


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_a_coverage_guided_fuzzer_finds_nothing(tmp_path: Path, name: str) -> None:
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("atheris is not installed: parsers are fuzzed without guidance by coverage (pip install atheris)")
    command: list[str | Path] = [
        sys.executable,
        fuzzing.__file__,
        name,
        tmp_path,
        "-runs=200000",
        "-max_total_time=30",
        "-max_len=2048",
        "-seed=1",
        "-timeout=5",
    ]
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    run = subprocess.run(
        command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr[-3000:]
    assert "Done " in run.stderr
