"""`compression:` and `--size`: a paper's table, a published file to the byte, each format by hand and by an encoder."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Said
from hypothesis import given
from hypothesis import strategies as st

import archcalc
from archcalc.errors import SpecError, UsageError
from archcalc.report.figures import AtLeast, Unavailable
from archcalc.report.metrics import metric
from archcalc.study import checking
from archcalc.study.checks import Result
from archcalc.study.size import Size, size

Run = Callable[..., Said]

# Published ------------------------------------------------------------------------------------------------------------

TABLE_1 = {  # Iandola et al. 2016, arXiv 1602.07360, Table 1: parameters before and after pruning
    "conv1": (14_208, 14_208),
    "fire2": (11_920, 5_746),
    "fire3": (12_432, 6_258),
    "fire4": (45_344, 20_646),
    "fire5": (49_440, 24_742),
    "fire6": (104_880, 44_700),
    "fire7": (111_024, 46_236),
    "fire8": (188_992, 77_581),
    "fire9": (197_184, 77_581),
    "conv10": (513_000, 103_400),
}

FILE = 675_763
"""Bytes of compressed_SqueezeNet.net, github.com/songhan/SqueezeNet-Deep-Compression."""

FILE_COUNTS = (
    13902, 1528, 1020, 3073, 2038, 1023, 3081, 4085, 4071, 12288, 8160, 4067, 12343, 12161, 4602, 27558, 9205, 9132,
    27564, 24388, 8190, 44919, 16371, 16303, 45038, 105973,
)  # fmt: skip
"""The numbers with which it begins: stored weights of each layer."""


def squeezenet(compression: str, **settings: Any) -> Size:
    network = archcalc.load("squeezenet")
    return size(network, network.report(**settings), compression)


def test_the_paper_s_table() -> None:
    found = squeezenet("deep_compression")
    stages = {group.name: group.rows for group in found.report.groups("stage")}
    assert {
        name: (found.report.figure(metric("params"), stages[name]), found.kept(stages[name])) for name in TABLE_1
    } == TABLE_1
    assert found.kept() == 421_098 == sum(after for _, after in TABLE_1.values())


def test_the_published_file_to_the_byte() -> None:
    found = squeezenet("deep_compression_file")
    assert found.bytes(part="weights") == sum(FILE_COUNTS)
    assert found.bytes(part="positions") == sum((count + 1) // 2 for count in FILE_COUNTS)
    assert found.bytes(part="codebook") == 26 * 256 * 4
    assert found.bytes(part="rest") == 4 * (96 + 2 * (144 + 288 + 432 + 576) + 1000)
    assert found.bytes(part="header") == 26 * 4
    assert found.bytes() == FILE
    assert found.original() == 4 * 1_248_424


def test_what_the_six_bits_need_is_a_bound() -> None:
    found = squeezenet("deep_compression")
    least = found.bytes()
    assert isinstance(least, AtLeast)
    assert "index of 4 bits" in least.reason
    assert least.value > 470_000, "so the paper's 0.47 MB is after Huffman codes"
    assert isinstance(found.ratio(), Unavailable)


def test_patterns_reach_into_a_merge_as_well() -> None:
    plain, bypassed = (squeezenet("deep_compression", bypass=bypass) for bypass in ("none", "complex"))
    convs = sum(i * o + o for i, o in ((96, 128), (128, 256), (256, 384), (384, 512)))
    assert bypassed.kept() == plain.kept() + convs


# By hand --------------------------------------------------------------------------------------------------------------

CONV = """\
network: Net
input: [4, 5, 5]
body:
  - conv: {out: 6, kernel: 3}
"""
# 6 filters of 4·3·3 = 216 weights, a matrix 6x36, and 6 biases


def sized(folder: Path, settings: str, net: str = CONV, **given: Any) -> Size:
    """The size of a net under the compression `c` with these settings."""
    path = folder / "net.yaml"
    path.write_text(f"{net}compression:\n  c: {settings}\n", encoding="utf-8")
    network = archcalc.load(str(path))
    return size(network, network.report(**given))


@pytest.mark.parametrize(
    ("settings", "weights", "positions", "codebook"),
    [
        ("{}", 216 * 4, 0, 0),
        ("", 216 * 4, 0, 0),
        ("{bits: 5}", 135, 0, 0),  # 1080 bits
        ("{bits: 5, keep: 1/3}", 135, 0, 0),  # zeros are stored too
        ("{bits: 5, keep: 1/3, format: bitmap}", 45, 27, 0),  # 72 weights, 216 bits
        ("{bits: 5, keep: 72, format: bitmap}", 45, 27, 0),
        ("{bits: 5, keep: 0.33, format: bitmap}", 45, 27, 0),  # 71.28 are 72
        ("{bits: 5, keep: {'*': 0.9, conv: 72}, format: bitmap}", 45, 27, 0),  # the last that matches
        ("{bits: 3, keep: 0, format: bitmap}", 0, 27, 0),
        ("{bits: 5, keep: 72, format: csr, index_bits: 8}", 45, 79, 0),  # 72 columns, 7 starts of rows
        ("{bits: 5, keep: 72, format: relative, index_bits: 3, entries: 80}", 50, 30, 0),
        ("{bits: 5, keep: 209, format: relative, index_bits: 3}", 131, 79, 0),  # 7 zeros: an index can skip them
        ("{bits: 4, codebook: 32}", 108, 0, 64),
        ("{bits: 4, codebook: 16}", 108, 0, 32),
        ("{bits: 8, rank: 2}", 2 * (6 + 36), 0, 0),
        ("{bits: 8, rank: 6}", 6 * (6 + 36), 0, 0),  # more than 216
        ("{bits: 8, rank: 2, keep: 0.5, format: csr, index_bits: 8}", 42, 42 + (2 + 1) + (6 + 1), 0),
    ],
)
def test_formats(tmp_path: Path, settings: str, weights: int, positions: int, codebook: int) -> None:
    found = sized(tmp_path, settings)
    assert [found.bytes(part=part) for part in ("weights", "positions", "codebook")] == [weights, positions, codebook]
    assert found.bytes(part="rest") == 6 * 4
    assert found.bytes() == weights + positions + codebook + 24
    assert found.original() == 4 * 222


def test_a_bound_where_zeros_may_have_to_be_stored(tmp_path: Path) -> None:
    found = sized(tmp_path, "{bits: 5, keep: 208, format: relative, index_bits: 3}")  # 8 zeros, an index skips 7
    weights, positions = found.bytes(part="weights"), found.bytes(part="positions")
    assert isinstance(weights, AtLeast)
    assert isinstance(positions, AtLeast)
    assert (weights.value, positions.value) == (130, 78)


@given(
    kept=st.lists(st.booleans(), min_size=36, max_size=36).filter(any),
    bits=st.integers(1, 4),
)
def test_the_bounds_are_those_of_an_encoder(kept: list[bool], bits: int, tmp_path_factory: Any) -> None:
    """Weights one by one, each with the zeros before it; a zero is stored where the index has no room for more."""
    stored, skipped = 0, 0
    for each in kept:
        if each or skipped == 2**bits - 1:
            stored, skipped = stored + 1, 0
        else:
            skipped += 1
    stored -= (36 - max(at for at, each in enumerate(kept) if each) - 1) // 2**bits  # none behind the last kept
    net = "network: Net\ninput: [6, 1, 1]\nbody: [conv: {out: 6, kernel: 1, bias: false}]\n"
    how = f"{{keep: {{conv: {sum(kept)}/36}}, format: relative, index_bits: {bits}, bits: 8"
    folder = tmp_path_factory.mktemp("net")
    assert sized(folder, f"{how}, entries: {stored}}}", net).bytes(part="weights") == stored
    bound = sized(folder, f"{how}}}", net).bytes(part="weights")
    assert bound == stored if not isinstance(bound, AtLeast) else bound.value <= stored
    most = sum(kept) + (36 - sum(kept)) // 2**bits
    with pytest.raises(SpecError, match=f"{sum(kept)} to {most} can be"):
        sized(folder, f"{how}, entries: {most + 1}}}", net)


def test_groups_copies_norms_and_shared_weights(tmp_path: Path) -> None:
    net = """\
network: Net
input: [4, 5, 5]
body:
  - add: {a: {copies: 3, conv: {out: 4, kernel: 3, groups: 2, padding: 1, bias: false}}, b: identity}
  - {weights: w, name: one, do: [conv: {out: 4, kernel: 1, bias: false}]}
  - {weights: w, name: two, do: [conv: {out: 4, kernel: 1, bias: false}]}
  - batch_norm
"""
    found = sized(tmp_path, "{bits: 8, rest_bits: 16, header_bits: 12, rank: {a: 1}}", net)
    # 3 copies of 2 groups of 2x18: rank 1 keeps 2 + 18; 16 shared; scales and shifts 8, statistics 8
    assert found.bytes(part="weights") == 3 * 2 * 20 + 16
    assert found.bytes(part="rest") == 16 * 2
    assert found.bytes(part="header") == 2 + 2
    assert found.kept() == 120 + 16 + 8
    assert found.original() == 4 * (3 * 72 + 16 + 16)


# Wrong ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("3", "a compression is {setting: …}"),
        ("{bit: 8}", "a compression has no `bit`"),
        ("{bits: 0}", "`bits` is 0, at least 1 and at most 64 is wanted"),
        ("{bits: 4.5}", "`bits` is `9/2`, a whole number is wanted"),
        ("{bits: [4]}", "a whole number is wanted"),
        ("{bits: }", "`bits` is empty, a whole number is wanted"),
        ("{keep: 1.5}", "`keep` is `3/2`, a share from 0 to 1 or a whole number is wanted"),
        ("{keep: -1}", "`keep` is -1, at least 0 is wanted"),
        ("{keep: most}", "`keep` is `most`"),
        ("{keep: 217}", "`c` at `conv`: 217 of 216 weights cannot be kept"),
        ("{keep: {cnov: 0.5}}", "`keep` of `c`: no layer matches `cnov`"),
        ("{format: coo}", "`format` is `coo`"),
        ("{format: csr}", "`csr` wants `index_bits`"),
        ("{format: csr, index_bits: 4}", "an index of 4 bits cannot count to 216"),
        ("{entries: 10}", "`dense` stores what it stores: `entries` is of relative"),
        ("{keep: 9, format: relative, index_bits: 4, entries: 8}", "8 are stored, 9 to 21 can be"),
        ("{rank: 7}", "its matrix is 6x36, 6 is the most"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, settings: str, message: str) -> None:
    with pytest.raises(SpecError) as raised:
        sized(tmp_path, settings)
    assert message in str(raised.value)
    assert "net.yaml:6:" in str(raised.value)


def test_weights_that_are_no_matrix(tmp_path: Path) -> None:
    net = "network: Net\ninput: [4, 9]\nbody: [attention: 2]\n"
    with pytest.raises(SpecError, match="the weights of `attention` are no matrix to factorise"):
        sized(tmp_path, "{rank: 1}", net)
    with pytest.raises(SpecError, match="its weights have no rows"):
        sized(tmp_path, "{format: csr, index_bits: 32}", net)
    assert sized(tmp_path, "{bits: 8}", net).bytes() == 64 + 4 * 16


def test_names() -> None:
    network = archcalc.load("squeezenet")
    report = network.report()
    assert size(network, report).compression.name == "deep_compression"
    with pytest.raises(UsageError, match="there is no compression `deep_comprssion`"):
        size(network, report, "deep_comprssion")
    vgg = archcalc.load("alexnet")
    with pytest.raises(UsageError, match="alexnet has no `compression`"):
        size(vgg, vgg.report())


# The command and claims -----------------------------------------------------------------------------------------------


def test_the_table(run: Run, tmp_path: Path) -> None:
    sized(tmp_path, "{bits: 5, keep: 1/3, format: bitmap, source: a paper}")
    said = run("report", str(tmp_path / "net.yaml"), "--size")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "Net · net · input 4x5x5",
        "Size: c, a paper",
        "",
        "Layer  Operator  Params  Kept  Weights kept  Bits  Original  Stored  Ratio",
        "──────────────────────────────────────────────────────────────────────────",
        "conv   conv 3x3     222    78         33.3%     5       888      96  9.25×",
        "──────────────────────────────────────────────────────────────────────────",
        "Params    222",
        "Kept       78",
        "Original  888",
        "Stored     96",
        "Ratio     9.25×",
        "Kept: parameters after pruning; biases and norms are kept. Original: 32 bits a",
        "number",
        "Stored: weights, positions, codebooks, biases and norms, each in whole bytes a",
        "layer",
    ]


def test_the_document(run: Run) -> None:
    said = run(
        "report", "squeezenet", "--size", "--compression", "deep_compression", "--format", "json", "--by", "stage"
    )
    document = json.loads(said.out)
    assert document["size"]["compression"] == "deep_compression"
    assert document["size"]["kept_params"] == 421_098
    assert document["size"]["status"]["stored_bytes"]["status"] == "lower_bound"
    assert document["size"]["status"]["size_ratio"]["status"] == "unavailable"
    kept = {group["name"]: group["size"]["kept_params"] for group in document["groups"]}
    assert {name: kept[name] for name in TABLE_1} == {name: after for name, (_, after) in TABLE_1.items()}
    assert next(each for each in document["layers"] if each["path"] == "conv10")["size"]["kept"] == {"num": 1, "den": 5}


def test_the_keys_are_those_that_the_page_of_json_lists() -> None:
    page = (Path(__file__).parent.parent / "docs" / "json.md").read_text(encoding="utf-8")
    section = page.split("## `size`")[1].split("\n#")[0]
    listed = {
        name
        for line in section.splitlines()
        if line.startswith("| `")
        for name in re.findall("`(\\w+)`", line.split("|")[1])
    }
    assert set(squeezenet("deep_compression_file").to_dict()["size"]) == listed | {"compression", "source"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("alexnet", "--size"), "alexnet has no `compression`"),
        (("squeezenet", "--compression", "deep_compression"), "--compression without --size"),
        (("squeezenet", "--size", "--memory"), "--size does not go with --memory"),
        (("squeezenet", "--size", "--convention", "all"), "--size does not go with --convention"),
        (("squeezenet", "--size", "--variants"), "--variants does not go with --size"),
        (("squeezenet", "--size", "--compression", "deep"), "there is no compression `deep`"),
    ],
)
def test_options_that_mean_nothing(run: Run, words: tuple[str, ...], message: str) -> None:
    said = run("report", *words)
    assert said.code == 2
    assert message in said.err


def claimed(folder: Path, row: str, how: str = "{bits: 5, keep: {conv: 72}, format: bitmap}") -> Result:
    """The result of a claim of a net of which a compression keeps 72 of 216 weights at 5 bits."""
    path = folder / "net.yaml"
    claims = f"claims:\n  - source: A paper\n    rows:\n      - {row}\n"
    path.write_text(f"{CONV}compression: {{c: {how}}}\n{claims}", encoding="utf-8")
    (result,) = checking.run([str(path)], checking.Only())
    return result


@pytest.mark.parametrize(
    ("row", "computed"),
    [
        ("{compression: c, params: 78}", 78),
        ("{params: 222}", 222),
        ("{compression: c, weight: 72}", 72),
        ("{compression: c, count: bias, params: 6}", 6),
        ("{compression: c, kept: 33%}", None),
        ("{compression: c, bits: 5bit}", 5),
        ("{compression: c, bytes: 96}", 96),
        ("{compression: c, bytes: 9.3x, against: {}}", None),
        ("{compression: c, at: conv, params: 78}", 78),
    ],
)
def test_claims_count_after_a_compression(tmp_path: Path, row: str, computed: int | None) -> None:
    result = claimed(tmp_path, row)
    assert (result.verdict, result.note) == ("agrees", "")
    assert computed is None or result.computed == computed


@pytest.mark.parametrize(
    ("row", "note"),
    [
        ("{compression: d, params: 78}", "there is no compression `d`"),
        ("{compression: c, mult_adds: 78}", "a compression does not change `mult_adds`"),
        ("{compression: c, bytes: 9, count: weight}", "`bytes` of a compression are all that is stored"),
        ("{kept: 33%}", "`kept` is of a compression"),
        ("{compression: c, params: 79}", "ours is 78"),
        ("{compression: c, at: input, kept: 33%}", "`kept` has no one figure there"),
    ],
)
def test_wrong_claims_differ(tmp_path: Path, row: str, note: str) -> None:
    result = claimed(tmp_path, row)
    assert result.verdict == "differs"
    assert note in result.note


def test_a_bound_proves_no_claim(tmp_path: Path) -> None:
    how = "{bits: 5, keep: 72, format: relative, index_bits: 3}"
    for printed in ("96", ">= 50"):
        result = claimed(tmp_path, f"{{compression: c, bytes: '{printed}'}}", how)
        assert result.verdict == "differs"
        assert result.note.startswith("our figure is not exact: the zeros that an index of 3 bits")


def test_operators_and_other_columns(run: Run, tmp_path: Path) -> None:
    sized(tmp_path, "{bits: 5}")
    said = run("report", str(tmp_path / "net.yaml"), "--size", "--by", "op")
    assert "conv      1     222   222       888     159" in said.out
    said = run("report", str(tmp_path / "net.yaml"), "--size", "--columns", "output,weights_bytes,rest_bytes")
    assert "conv   6x3x3       135    24" in said.out
    said = run("report", str(tmp_path / "net.yaml"), "--size", "--format", "csv")
    head, line = said.out.splitlines()
    assert head == "name,op,params,kept_params,kept,bits,original_bytes,stored_bytes,size_ratio"
    assert line == "conv,conv 3x3,222,222,1,5,888,159,296/53"
