"""The public face: `load` a spec, set its parameters, get a report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from archcalc.display import Displayed
from archcalc.engine.graph import Graph
from archcalc.errors import UsageError
from archcalc.quantities import Shape
from archcalc.spec import load as loading
from archcalc.spec.expand import is_open
from archcalc.spec.parameter import Parameter

if TYPE_CHECKING:
    from archcalc.report.report import Report


class Network(Displayed):
    """A network of a spec: its parameters are open until a report or a graph is asked for.

    title       what the spec calls itself
    variant     the variant whose settings hold unless others are given
    parameters  name → Parameter (default, min, max, above, choices, help)
    variants    name → settings
    """

    def __init__(self, spec: loading.Spec, variant: str) -> None:
        self.spec, self.variant = spec, variant
        self.title = spec.document.network
        self.source = spec.document.source
        self.notes = spec.document.notes

    def __repr__(self) -> str:
        return f"<Network {self.title} ({self.variant})>"

    @property
    def name(self) -> str:
        """The spec's name: its file's, without `.yaml`."""
        return self.spec.name

    @property
    def parameters(self) -> dict[str, Parameter]:
        return self.spec.parameters

    @property
    def variants(self) -> dict[str, dict[str, Any]]:
        return self.spec.variants

    def at(self, variant: str) -> Network:
        """The same spec at another variant."""
        return self if variant == self.variant else Network(self.spec, variant)

    def settings(self, **given: Any) -> dict[str, Any]:
        """The value of every parameter: defaults, then the variant's, then `given`. Raises UsageError."""
        return self.spec.settings(self.variant, given)

    def graph(self, *, input: str | int | Shape | Mapping[str, Shape] | None = None, **settings: Any) -> Graph:
        """The network's graph at these settings. Raises UsageError or SpecError.

        input  as on the command line (`224`, `"299x299"`, `"3x224x224"`), a shape (channels first), or a shape by name
        """
        return self.spec.graph(self.settings(**settings), self._shapes(input))

    def _shapes(self, given: Any) -> dict[str, Shape]:
        if given is None:
            return {}
        inputs = self.spec.inputs
        if not inputs:
            raise UsageError(f"{self.name} has no input")
        if isinstance(given, (tuple, list)):
            given = {next(iter(inputs)): given}
        if not isinstance(given, Mapping):
            return loading.read_input(str(given), inputs)
        if not given:
            return {}
        # by the rules of the command line, for which a symbol stands as a size that it may have
        read = loading.read_input(",".join(f"{name}={_written(shape)}" for name, shape in given.items()), inputs)
        open_ = {name: tuple(shape) for name, shape in given.items() if isinstance(shape, (tuple, list))}
        return read | {name: shape for name, shape in open_.items() if is_open(shape)}

    def report(
        self,
        *,
        input: str | int | Shape | Mapping[str, Shape] | None = None,
        convention: str | None = None,
        **settings: Any,
    ) -> Report:
        """Every layer's output, Mult-Adds, parameters, activations and receptive field, and their totals.

        convention  what else is counted: `all`, every operation, by kind; see docs/conventions.md

        Settings are the spec's parameters by name; exact: `alpha="0.75"` or `Fraction(3, 4)`, a float as it prints.
        Raises UsageError for settings that do not fit, SpecError for a spec that is wrong at them.
        """
        from archcalc.report.report import Report

        values = self.settings(**settings)
        graph = self.spec.graph(values, self._shapes(input))
        return Report.of(graph, network=self.title, variant=self.variant, parameters=values, convention=convention)


def _written(shape: Any) -> str:
    """A shape as `--input` takes it; what is no size stays none."""
    if not isinstance(shape, (tuple, list)):
        return str(shape)
    return "x".join("1" if is_open(size) else str(size) if _is_whole(size) else repr(size) for size in shape)


def _is_whole(size: Any) -> bool:
    return hasattr(size, "__index__") and not isinstance(size, bool)


def load(spec: str, *, variant: str | None = None, revision: str | None = None) -> Network:
    """The network that SPEC names: a file if it exists, else a packaged spec or variant (`resnet50`).

    With a `revision` of git, the spec and the files that it imports are read as they were then.
    Raises UsageError if there is neither, SpecError with every problem of the file's text, keys and names.
    """
    loaded, named = loading.load(str(spec), revision)
    return at_variant(loaded, named, variant)


def at_variant(spec: loading.Spec, named: str, variant: str | None = None) -> Network:
    """The network of a spec at `variant`, else at the one that it was asked for by. Raises UsageError."""
    if variant is not None and variant not in spec.variants:
        spec.settings(variant, {})
    return Network(spec, variant or (named if named in spec.variants else spec.name))
