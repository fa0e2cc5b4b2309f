"""Writes the parts of the docs that are outputs: operator pages, the schema, command help, what commands print.

    python docs/generate.py           rewrite them
    python docs/generate.py --check   exit 1 with a diff where a file is not what it would write

In README.md and docs/*.md a `console` block is a session: each line `$ archcalc …` is run and what it prints put below
it. A `yaml` block that begins with `# NAME.yaml` is that file for the sessions after it on its page.
"""

import contextlib
import difflib
import io
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
FENCE = re.compile(r"^```(?P<kind>console|yaml)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def operator_pages() -> Iterator[tuple[Path, str]]:
    """A page an operator, and their index."""
    from archcalc.render.catalogue import markdown
    from archcalc.study.catalogue import operators

    folder = DOCS / "operators"
    index = ["# Operators", "", "Generated from the catalogue.", "", "| operator | what it is |", "|---|---|"]
    for each in sorted(operators(), key=lambda each: each.name):
        index.append(f"| [`{each.name}`]({each.name}.md) | {each.summary} |")
        yield folder / f"{each.name}.md", markdown(each)
    yield folder / "index.md", "\n".join(index) + "\n"


def schema() -> Iterator[tuple[Path, str]]:
    """The JSON Schema that the packaged specs name."""
    from archcalc.exchange.schema import text

    yield DOCS / "schema.json", text()


def command_page() -> Iterator[tuple[Path, str]]:
    """The help of every command, as it is printed."""
    from archcalc.cli.app import commands

    lines = ["# Commands", "", "Generated from the commands' own help.", ""]
    for command in ("", *commands()):
        lines += [f"## `archcalc {command}`".replace(" `", "`") if command else "## `archcalc`", "", "```text"]
        lines += [session(f"{command} --help").rstrip(), "```", ""]
    yield DOCS / "commands.md", "\n".join(lines)


def session(arguments: str) -> str:
    """What `archcalc ARGUMENTS` prints, on a terminal of 80 columns."""
    import shlex

    from archcalc.cli.app import main

    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = main(shlex.split(arguments))
    if code == 3:
        raise SystemExit(f"archcalc {arguments} ended with a bug:\n{out.getvalue()}")
    return out.getvalue()


def written_pages() -> Iterator[tuple[Path, str]]:
    """Pages written by hand, with the output of their sessions and the tables between comments renewed."""
    from archcalc.cli.sync import FENCED, OPENING, synced
    from archcalc.errors import Source

    for path in [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]:
        text = path.read_text(encoding="utf-8")
        if path.name == "commands.md":
            continue
        new = renewed(text) if "```console" in text else text
        if OPENING.search(FENCED.sub("", new)):
            new = synced(Source(path.name, new))
        yield path, new


def renewed(text: str) -> str:
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            return FENCE.sub(renew, text)
        finally:
            os.chdir(before)


def renew(match: re.Match[str]) -> str:
    text = match["text"]
    if match["kind"] == "yaml":
        if name := re.match(r"# ([\w.\-]+\.yaml)\n", text):
            Path(name[1]).write_text(text, encoding="utf-8")
        return match[0]
    lines = []
    for line in text.splitlines():
        if line.startswith("$ archcalc "):
            lines += [line, session(line.removeprefix("$ archcalc ")).rstrip()]
    return "```console\n" + "\n".join(lines) + "\n```" if lines else match[0]


def main() -> int:
    sys.path.insert(0, str(ROOT))
    os.environ["COLUMNS"] = "80"
    check = "--check" in sys.argv
    different = 0
    pages = {path: text for make in (operator_pages, schema, command_page, written_pages) for path, text in make()}
    stale = {path for path in (DOCS / "operators").glob("*.md") if path not in pages}
    for path, text in [*pages.items(), *((path, "") for path in stale)]:
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        if old == text:
            continue
        different += 1
        name = str(path.relative_to(ROOT))
        if check:
            sys.stdout.writelines(
                difflib.unified_diff(old.splitlines(True), text.splitlines(True), name, f"{name}, generated")
            )
        elif text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        else:
            path.unlink()
    if check and different:
        print(f"{different} generated files differ: run python docs/generate.py", file=sys.stderr)
    return int(check and different > 0)


if __name__ == "__main__":
    raise SystemExit(main())
