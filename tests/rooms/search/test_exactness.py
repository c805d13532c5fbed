"""The promise: a quoted phrase is found in exactly the records whose folded text contains it."""

import random
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rooms.search.world import World
from yangguang.kernel.identifiers import RecordId
from yangguang.search.folding import spaced, unspaced
from yangguang.search.queries import fold, open_index

LAWS = Path(__file__).parents[4] / "shared" / "corpus" / "laws"
TRICKY = (
    "政府信息公开条例办法的一二三〇𠮷𠀀𪚥ｆﾊABCxyz012９.。，、：；（）()[]〔〕【】《》"
    "“”\"'-—…·% \u3000\t\u200b\u00ad①㎡éｶﾞΣς"
)


def paragraphs_of(world: World, record_id: RecordId) -> list[str]:
    metadata, text = world.texts[record_id]
    header = [metadata.title, metadata.document_number, metadata.index_number, metadata.agency.name, *metadata.issuers]
    return [fold(each) for each in (*header, *text.split("\n"))]


def scan(world: World, phrase: str) -> set[RecordId]:
    wanted = fold(phrase)
    return {each for each in world.texts if any(wanted in paragraph for paragraph in paragraphs_of(world, each))}


def found(world: World, query: str) -> set[RecordId]:
    index = open_index(world.folder)
    first = index.search(query, size=100)
    pages = [first, *(index.search(query, size=100, page=page) for page in range(2, first.total // 100 + 2))]
    hits = [hit.record.id for page in pages for hit in page.hits]
    assert len(hits) == len(set(hits)) == first.total
    return set(hits)


def random_text(chance: random.Random, longest: int) -> str:
    return "".join(chance.choice(TRICKY) for _ in range(chance.randint(0, longest)))


def quotable(piece: str) -> bool:
    return bool(fold(piece)) and not piece.startswith(("“", "”", '"')) and '"' not in piece


def test_a_quoted_piece_of_any_text_is_found_in_exactly_the_records_that_contain_it(world: World) -> None:
    chance = random.Random(20260724)
    for _ in range(120):
        title = random_text(chance, 20) + "题"
        world.publish(title, *(random_text(chance, 30) for _ in range(chance.randint(0, 5))))
    world.settle()
    pieces = []
    for metadata, text in world.texts.values():
        line = chance.choice([metadata.title, *text.split("\n")])
        start = chance.randint(0, len(line))
        pieces.append(line[start : start + chance.randint(1, 9)])
    pieces += [random_text(chance, 3) for _ in range(200)]
    tried = [piece for piece in pieces if quotable(piece)]
    assert len(tried) > 150
    for piece in tried:
        assert found(world, f'"{piece}"') == scan(world, piece), repr(piece)


def test_a_phrase_does_not_reach_from_one_paragraph_into_the_next(world: World) -> None:
    world.publish("甲", "政府信息", "公开条例", "丙", "丁")
    world.settle()
    assert found(world, '"信息公开"') == set()
    assert found(world, '"息公"') == set()
    assert found(world, '"丙丁"') == set()
    assert len(found(world, '"公开条例"')) == 1
    assert len(found(world, '"丁"')) == 1


@pytest.mark.parametrize("length", [47, 48, 49, 50, 97, 98, 500, 4_000])
def test_a_long_quotation_is_told_from_one_that_differs_in_its_last_character(world: World, length: int) -> None:
    chance = random.Random(length)
    text = "".join(chr(0x4E00 + chance.randrange(90)) for _ in range(length))
    right = world.publish("甲", "前" + text + "后")
    world.publish("乙", text[:-1] + "异" + text)
    world.publish("丙", text[:-1], text[1:])
    other = world.publish("丁", text[1:] + text[:-1])
    world.settle()
    assert found(world, f'"{text}后"') == {right}
    assert found(world, f'"前{text}"') == {right}
    assert found(world, f'"{text[1:]}{text[:3]}"') == {other}


def test_a_text_of_millions_of_characters_is_found_by_its_pieces(world: World) -> None:
    chance = random.Random(1)
    text = "".join(chance.choices([chr(code) for code in range(0x4E00, 0x5E00)], k=1 << 21))
    long = world.publish("甲", text)
    world.publish("乙", text[:5000])
    world.settle()
    for start in (5_000, (1 << 20) - 5, (1 << 20) - 2, (1 << 20) - 1, 1 << 20, (1 << 21) - 9):
        assert found(world, f'"{text[start : start + 8]}"') == {long}


def test_repeated_characters_are_counted(world: World) -> None:
    five = world.publish("甲", "哈哈哈哈哈")
    world.publish("乙", "哈哈哈哈")
    world.settle()
    assert found(world, '"哈哈哈哈哈"') == {five}
    assert len(found(world, '"哈哈哈哈"')) == 2


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("（2019）", "〔2019〕"),
        ("2021-2025年", "2021—2025年"),
        ("以“一带一路”为", "以「一带一路」为"),
        ("ＧＢ／Ｔ 9704", "gb/t9704"),
        ("二〇一九", "二〇 一九"),
        ("政府\u200b信息", "政府信息"),
        ("３.５％", "3.5%"),
        ("café", "CAFE\u0301"),
        ("⼀切", "一切"),
        ("葛\U000e0100城", "葛城"),
    ],
)
def test_spellings_of_one_text_find_each_other(world: World, typed: str, printed: str) -> None:
    world.publish("甲", f"前{printed}后")
    world.publish("乙", f"前{typed}后")
    world.settle()
    assert len(found(world, f"“{typed}”")) == 2
    assert len(found(world, f"“{printed}”")) == 2


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=40))
def test_folding_twice_is_folding_once_and_leaves_nothing_that_splits_a_token(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert not any(each.isspace() or unicodedata.category(each) in {"Cc", "Cf", "Cs"} for each in once)


def test_every_character_is_folded_alike_in_records_and_queries_and_only_once() -> None:
    every = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000 and chr(code) != "\n"]
    indexed = unspaced(spaced("\n".join(every)))
    assert unspaced(spaced(indexed)) == indexed
    assert indexed.split("\n")[::9] == [fold(each) for each in every[::9]]


@pytest.mark.skipif(not LAWS.is_dir(), reason="shared/corpus/laws is not beside this repository")
def test_pieces_of_684_real_regulations_are_found_in_exactly_the_regulations_that_contain_them(world: World) -> None:
    chance = random.Random(7)
    lines = []
    for path in sorted(LAWS.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        title = path.stem[:200]
        paragraphs = [each for each in text.split("\n") if each.strip()]
        lines += paragraphs
        world.publish(title, *paragraphs)
    assert len(world.texts) >= 684
    world.settle()
    texts = {key: paragraphs_of(world, key) for key in world.texts}
    for _ in range(60):
        line = chance.choice(lines)
        start = chance.randint(0, len(line))
        piece = line[start : start + chance.choice([1, 2, 3, 3, 4, 4, 5, 7, 10, 20])]
        if quotable(piece):
            wanted = fold(piece)
            expected = {key for key, paragraphs in texts.items() if any(wanted in each for each in paragraphs)}
            assert found(world, f'"{piece}"') == expected, repr(piece)
