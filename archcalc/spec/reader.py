"""Bodies and steps: a tree of the spec read into steps with their modifiers."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.errors import near
from archcalc.ops._base import Op, catalogue
from archcalc.spec.actions import BLOCK_NAME, HEAD, MODIFIERS, Actions
from archcalc.spec.given import COMMA
from archcalc.spec.names import LOOP_NAMES, NAME, SHAPE_NAMES
from archcalc.spec.parser import KEYWORDS
from archcalc.spec.source import Mapping, Scalar, Sequence, Tree
from archcalc.spec.steps import (
    SIZE,
    Action,
    Body,
    Call,
    Given,
    Heads,
    Merge,
    Operator,
    Pass,
    Repeat,
    Step,
    Survival,
    Text,
    asks_shape,
)


class Reader(Actions):
    """Reads the steps and bodies of one scope."""

    def body(self, tree: Tree, *, branch: str = "") -> Body:
        """A step, or a list of steps with the lists inside it spliced in.

        As the one step of a `branch`, of a merge or of `head`, it may be `none`, and with `when` must say what else.
        """
        items = list(self._spliced(tree))
        steps = [self.step(item, branch=branch if len(items) == 1 else "") for item in items]
        return Body(tree.where, [step for step in steps if step is not None])

    def _spliced(self, tree: Tree) -> Iterator[Tree]:
        if not isinstance(tree, Sequence):
            yield tree
            return
        if not tree.items:
            self.problem(tree.where, "a step is wanted, this list is empty", "`identity` passes on what arrives")
        for item in tree.items:
            yield from self._spliced(item)

    def step(self, tree: Tree, *, branch: str = "") -> Step | None:
        if isinstance(tree, Scalar):
            action = self._word(tree, branch)
            return Step(tree.where, tree.text, action, asks_shape=_asks(action)) if action else None
        assert isinstance(tree, Mapping)
        return self._mapping(tree, branch)

    def _word(self, tree: Scalar, branch: str) -> Action | None:
        if tree.empty:
            self.problem(tree.where, "a step is wanted, this is empty")
            return None
        if tree.text == "identity" or (tree.text == "none" and branch):
            return Pass(nothing=tree.text == "none")
        return self._act(tree.text, tree, Scalar(tree.where, "", True))

    def _mapping(self, tree: Mapping, branch: str) -> Step | None:
        keys = [(text, key, value) for text, key, value in tree if text not in MODIFIERS]
        known = [entry for entry in keys if self._known(entry[0])]
        if len(known) > 1:
            names = " and ".join(f"`{text}`" for text, _, _ in known)
            self.problem(tree.where, f"a step does one thing, this has {names}", "put a dash before the second")
            return None
        if known and len(keys) > 1:
            for text, key, _ in keys:
                if not self._known(text):
                    hint = near(text, MODIFIERS) or (COMMA if ")" in text else "")
                    hint = hint or f"beside `{known[0][0]}` it can have {', '.join(MODIFIERS)}"
                    self.problem(key.where, f"a step has no `{text}`", hint)
            return None
        inner = self._rounds(tree.get("repeat"))
        if not keys:
            if "from" not in tree.entries and "name" not in tree.entries:
                self.problem(tree.where, "this step does nothing: it has modifiers only")
                return None
            action: Action | None = Pass()
            where, label = tree.where, "identity"
        else:
            label, key, value = keys[0]
            where = key.where
            action = inner._act(label, key, value)
        if action is None:
            return None
        return inner._modified(tree, Step(where, label, action), self, branch)

    def _known(self, key: str) -> bool:
        return key in ("do", HEAD) or key in catalogue() or BLOCK_NAME.fullmatch(key) is not None

    def _rounds(self, repeat: Tree | None) -> Reader:
        """The scope inside a repeat."""
        if repeat is None:
            return self
        columns = repeat.entries if isinstance(repeat, Mapping) else ()
        return Reader(self.module, self.names | set(LOOP_NAMES) | set(columns))

    def _modified(self, tree: Mapping, step: Step, outer: Reader, branch: str) -> Step:
        entries = {text: value for text, _, value in tree}
        if "name" in entries:
            step.name = self.text(entries["name"])
            if "/" in "".join(part for part in step.name.parts if isinstance(part, str)):
                self.problem(entries["name"].where, "a name has no `/`: levels come from blocks and branches")
            self.not_input(step.name)
        if "from" in entries:
            step.origin = self.text(entries["from"])
        if "like" in entries:
            self._like(entries["like"], step.action)
        if "weights" in entries:
            step.weights = self.text(entries["weights"])
        if "when" in entries:
            step.when = self.value(entries["when"])
        if "else" in entries:
            step.otherwise = self.body(entries["else"], branch=branch)
            if step.when is None:
                self.problem(tree.entries["else"][0].where, "`else` without `when`")
            for inner in step.otherwise.steps:
                if inner.copies is not None:
                    self.problem(inner.copies.where, "`copies` stands on a branch of a merge, not in its `else`")
            if branch and "repeat" in entries and step.otherwise.ends_in_none:
                self.problem(step.otherwise.where, "a branch that is repeated cannot be left out by `none`")
        elif branch and step.when is not None:
            self.problem(step.when.where, "the branch has `when` but no `else`",
                         "`else: identity` passes on what arrives, `else: none` leaves the branch out")  # fmt: skip
        if "repeat" in entries:
            step.repeat = outer._repeat(entries["repeat"])
            if step.origin is not None and not step.origin.constant and step.repeat.asks_shape:
                self.problem(step.repeat.where, "`repeat` asks for what arrives, and `from` depends on the round")
        if "copies" in entries:
            step.copies = outer.value(entries["copies"])
            if branch in ("", HEAD):
                self.problem(tree.entries["copies"][0].where, "`copies` stands on a branch of a merge")
        if "survival" in entries:
            step.survival = self._survival(entries["survival"])
        in_names = _in_names(step.name, step.origin, step.weights)
        often = step.survival.value if step.survival else None
        step.asks_shape = _asks(step.action) or asks_shape(step.when, often, *in_names)
        return step

    def _survival(self, tree: Tree) -> Survival | None:
        if not isinstance(tree, Mapping):
            return Survival(tree.where, self.value(tree), linear=False)
        last = tree.get("last")
        if last is None or len(tree.entries) > 1:
            self.problem(tree.where, "`survival` is a number, or {last: …} for the linear decay rule")
            return None
        return Survival(tree.where, self.value(last), linear=True)

    def _like(self, tree: Tree, action: Action) -> None:
        if not isinstance(action, Operator) or not _takes_like(action.kind):
            able = ", ".join(name for name, kind in catalogue().items() if _takes_like(kind))
            self.problem(tree.where, f"`like` gives a `{SIZE}`: it stands beside {able}")
            return
        if SIZE in action.given:
            self.problem(tree.where, f"`like` gives the `{SIZE}`, and `{action.kind.name}` has one already")
        action.like, action.constants = self.text(tree), None

    def _repeat(self, tree: Tree) -> Repeat:
        if not isinstance(tree, Mapping):
            return Repeat(tree.where, self.value(tree), {})
        columns = {}
        lengths = {}
        for text, key, value in tree:
            if not NAME.fullmatch(text) or text in KEYWORDS or text in SHAPE_NAMES or text in LOOP_NAMES:
                self.problem(key.where, f"`{text}` cannot name a column")
            columns[text] = self.value(value)
            if isinstance(value, Sequence):
                lengths[text] = len(value.items)
            elif isinstance(value, Scalar) and columns[text].code is None and not isinstance(columns[text].value, list):
                self.problem(value.where, f"the column `{text}` is a list, or a parameter that holds one")
        if not columns:
            self.problem(tree.where, "`repeat` is a count or columns, this is empty")
        if len(set(lengths.values())) > 1:
            listed = ", ".join(f"{name} has {length}" for name, length in lengths.items())
            self.problem(tree.where, f"the columns of `repeat` differ in length: {listed}")
        return Repeat(tree.where, None, columns)


def _takes_like(kind: type[Op]) -> bool:
    """Whether it may be given a size, and need not be."""
    return SIZE in kind.parameters and kind.parameters[SIZE].default is None


def _asks(action: Action | None) -> bool:
    match action:
        case Operator():
            return asks_shape(*action.given.values(), *_in_names(action.like))
        case Call():
            return asks_shape(*action.positional, *action.named.values())
        case Merge():
            copies = (branch.copies for branch in action.branches)
            in_names = _in_names(*action.names, *(branch.name for branch in action.branches))
            return asks_shape(*in_names, *copies, *action.given.values())
        case Heads():
            return asks_shape(*_in_names(*(branch.name for branch in action.branches)))
    return False


def _in_names(*names: Text | None) -> Iterator[Given]:
    return (part for name in names if name is not None for part in name.parts if isinstance(part, Given))
