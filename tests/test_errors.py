"""Broken specs: each file of tests/errors stands beside the exact message that it gets.

`NAME.yaml` is the spec, `NAME.txt` what `archcalc report NAME.yaml` says and nothing else. `--rewrite` writes the
messages; read them before you commit them.
"""

from pathlib import Path

import pytest

import archcalc

FOLDER = Path(__file__).parent / "errors"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_broken_spec_gets_its_message(
    path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(FOLDER)
    with pytest.raises(archcalc.ArchcalcError) as caught:
        archcalc.load(path.name).report()
    message = f"{caught.value}\n"
    expected = path.with_suffix(".txt")
    if request.config.getoption("--rewrite"):
        expected.write_text(message, encoding="utf-8")
    assert message == expected.read_text(encoding="utf-8")


def test_every_message_has_its_spec() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == {path.stem for path in FOLDER.glob("*.yaml")}
