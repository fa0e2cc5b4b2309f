"""A network's parameters as options: what a command does not declare becomes `--set NAME=VALUE`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from archcalc.errors import UsageError, near

OPTION = re.compile(r"--([^\W\d][\w-]*)(=?)(.*)", re.DOTALL)
NEGATIVE = re.compile(r"-\.?\d")


@dataclass(slots=True)
class Rewritten:
    """A command line after rewriting.

    arguments    what the parser gets
    positional   what is no option and no option's value
    taken        undeclared options and the words behind them that were read as their values
    bare         undeclared options that have no value
    given        declared options that take a value, and their values
    help         whether the command's help is asked for
    """

    arguments: list[str] = field(default_factory=list)
    positional: list[str] = field(default_factory=list)
    taken: list[tuple[str, str]] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)
    given: list[tuple[str, str]] = field(default_factory=list)
    help: bool = False

    @property
    def hint(self) -> str:
        """What to do if a word is missing that an option took."""
        if self.positional or not self.taken:
            return ""
        option, word = self.taken[-1]
        return f"`{word}` was read as the value of {option}; write {option}=true, or put {option} behind it"


def rewrite(arguments: Sequence[str], declared: Mapping[str, bool]) -> Rewritten:
    """Undeclared options as `--set NAME=VALUE`: `--name value`, `--name=value`, and `--name` alone, which is true.

    declared  the command's options, and whether each takes a value
    Nothing is rewritten behind `--`.
    """
    result = Rewritten()
    rest = iter(range(len(arguments)))
    for at in rest:
        word = arguments[at]
        behind = arguments[at + 1] if at + 1 < len(arguments) else None
        match = OPTION.fullmatch(word)
        name = f"--{match[1]}" if match else word[:2]
        if word == "--":
            result.arguments += arguments[at:]
            result.positional += arguments[at + 1 :]
            break
        if not word.startswith("-") or word == "-":
            result.arguments.append(word)
            result.positional.append(word)
        elif match and name not in declared and "--set" in declared:
            value = match[3] if match[2] else "true"
            if not match[2] and behind is not None and not _is_option(behind):
                value = behind
                result.taken.append((name, behind))
                next(rest)
            elif not match[2]:
                result.bare.append(name)
            result.arguments += ["--set", f"{match[1]}={value}"]
        else:
            result.arguments.append(word)
            result.help |= word == "--help"
            if declared.get(name) and word == name and behind is not None:
                result.arguments.append(behind)
                result.given.append((name, behind))
                next(rest)
            elif declared.get(name) and word != name:
                result.given.append((name, word.removeprefix(name).removeprefix("=" if match else "")))
    return result


def refuse(line: Rewritten) -> None:
    """Raise UsageError for what the parser would pass over: an argument that is empty, a second --input."""
    if "" in line.positional:
        raise UsageError("an argument is empty: ``", "is a variable of the shell not set?")
    inputs = list(dict.fromkeys(value for name, value in line.given if name == "--input"))
    if len(inputs) > 1:
        several = all("=" in each for each in inputs)
        form = ",".join(inputs) if several else "image=3x64x64,mask=1x64x64"
        raise UsageError(f"--input is given twice: {' and '.join(inputs)}", f"of several inputs: --input {form}")


def _is_option(word: str) -> bool:
    return word.startswith("-") and word != "-" and not NEGATIVE.match(word)


def settings(pairs: Iterable[str], parameters: Iterable[str], options: Iterable[str], network: str) -> dict[str, str]:
    """The texts of `--set NAME=VALUE` by parameter; `-` in a name may stand for `_`.

    Raises UsageError for names that are neither a parameter's nor an option's, all at once.
    """
    known = list(parameters)
    result: dict[str, str] = {}
    wrong = []
    for pair in pairs:
        given, equals, value = pair.partition("=")
        name = given.strip().replace("-", "_")
        if not equals:
            raise UsageError(f"`--set {pair}` has no `=`", "write --set NAME=VALUE")
        if name not in known:
            option = f"--{given.strip()}"
            hint = near(given.strip(), [*known, *(each.removeprefix("--") for each in options)]).replace(" `", " `--")
            has = ", ".join(f"--{each}" for each in known)
            wrong.append(
                f"there is no option `{option}`: neither the command nor {network} has it"
                f"\n    hint: {hint or (f'{network} has {has}' if known else f'{network} has no parameters')}"
            )
        elif result.setdefault(name, value) != value:
            raise UsageError(f"`{name}` is set twice: {result[name]} and {value}")
    if wrong:
        raise UsageError("\n".join(dict.fromkeys(wrong)))
    return result
