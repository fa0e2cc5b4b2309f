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
GENERATED = ("commands.md", "conventions.md", "errata.md", "figures.md", "zoo.md")
"""Pages of which no word is written by hand."""
FENCE = re.compile(r"^```(?P<kind>console|yaml)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)

RULES = re.compile(r"^(<!-- rules of lint -->\n).*?^(<!-- /rules of lint -->)$", re.MULTILINE | re.DOTALL)


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


CONVENTIONS = """# Conventions

Generated from the conventions and the operators.

An operator states its work by kind: multiply-accumulates, bias adds, adds, multiplies, compares, … . A convention
weighs the kinds and makes one figure of them. Without `--convention` a report counts Mult-Adds.

{conventions}
## `all`: every operation

A multiply-accumulate is 2 operations: a multiply and an add. A bias add is 1, and so is every other piece of work
below, all of it of one sample at inference. A window and a sum count in full, zeros of padding included, for that is
how they are computed. What only moves numbers, looks them up, drops them or changes a sign is no operation. Where an
amount is not known, the figure is a lower bound, printed `≥`, or there is none.

```console
{session}
```

`--format json` and `report(convention="all").work()` have the work by kind, of each layer too. The letters are those
of each operator's page; `prod` is the product of all sizes.

{operators}
No operations: {none}.
"""


def conventions_page() -> Iterator[tuple[Path, str]]:
    """What conventions count, and the work of every operator."""
    from archcalc.report.conventions import conventions
    from archcalc.study.catalogue import operators

    known = ["| convention | counts | column | source |", "|---|---|---|---|"]
    known += [f"| `{each.name}` | {each.counts} | `{each.metric}` | {each.source} |" for each in conventions().values()]
    table, none = ["| operator | operations |", "|---|---|"], []
    for each in sorted(operators(), key=lambda each: each.name):
        link = f"[`{each.name}`](operators/{each.name}.md)"
        facts = re.sub(r";\s*products:[^;]*", "", each.rules["Facts"])  # numbers that products put out: no work
        if facts.startswith("none") and ":" not in facts:
            none.append(link)
        else:
            escaped = re.sub(r"[*|]", r"\\\g<0>", " ".join(facts.split()))
            table.append(f"| {link} | {escaped} |")
    command = "report resnet50 --convention all --by op"
    yield (
        DOCS / "conventions.md",
        CONVENTIONS.format(
            conventions="\n".join([*known, ""]),
            session=f"$ archcalc {command}\n{session(command).rstrip()}",
            operators="\n".join([*table, ""]),
            none=", ".join(none),
        ),
    )


def command_page() -> Iterator[tuple[Path, str]]:
    """The help of every command, as it is printed."""
    from archcalc.cli.app import commands

    lines = ["# Commands", "", "Generated from the commands' own help.", ""]
    for command in ("", *commands()):
        lines += [f"## `archcalc {command}`" if command else "## `archcalc`", "", "```text"]
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


def lint_rules() -> str:
    """The rules of lint, each with a spec in which it finds something; `renewed` runs its session."""
    import textwrap

    from archcalc.study.lint import rules

    lines: list[str] = []
    for name, rule in rules().items():
        lines += [f"### `{name}`", "", f"Finds {rule.finds}.", "", textwrap.fill(rule.why, 140), ""]
        lines += ["```yaml", f"# {name}.yaml", rule.example.rstrip(), "```", ""]
        lines += ["```console", f"$ archcalc lint {name}.yaml --only {name}", "```", ""]
        lines += ["Mended:", "", "```yaml", rule.mended.rstrip(), "```", ""]
    return "\n" + "\n".join(lines) + "\n"


def written_pages() -> Iterator[tuple[Path, str]]:
    """Pages written by hand, with the output of their sessions and the tables between comments renewed."""
    from archcalc.cli.sync import FENCED, OPENING, synced
    from archcalc.errors import Source

    for path in [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]:
        text = path.read_text(encoding="utf-8")
        if path.name in GENERATED:
            continue
        text = RULES.sub(lambda match: f"{match[1]}{lint_rules()}{match[2]}", text)
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
    from printed import errata_page, figures_page
    from zoo import zoo_page

    makers = (
        operator_pages,
        schema,
        conventions_page,
        command_page,
        zoo_page,
        errata_page,
        figures_page,
        written_pages,
    )
    pages = {path: text for make in makers for path, text in make()}
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
