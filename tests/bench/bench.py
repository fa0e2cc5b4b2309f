"""Speed, as ratios in one run: commands against the bare imports, layers against each other.

    python tests/bench/bench.py [--quick] [--markdown]

A figure is the median of several runs, taken in turns with what it is compared to, so that a machine whose speed drifts
does not decide. Nothing here passes or fails: read the ratios beside the aims.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIX = ("alexnet", "lenet5", "mobilenet_v1", "resnet", "resnext", "vgg")
IMPORTS = "import typer, yaml, pydantic, rich.table"

ENVIRONMENT = {**os.environ, "COLUMNS": "80"}
ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package has its bytecode


def seconds(arguments: list[str]) -> float:
    """How long a process takes, from the outside."""
    begun = time.perf_counter()
    subprocess.run(arguments, stdout=subprocess.DEVNULL, check=True, env=ENVIRONMENT)
    return time.perf_counter() - begun


def ratio(arguments: list[str], base: list[str], runs: int) -> float:
    """The median over `runs` pairs of the time of one process to that of another."""
    seconds(arguments)
    return statistics.median(seconds(arguments) / seconds(base) for _ in range(runs))


def median(run: object, times: int) -> float:
    """The median time of a function, in milliseconds."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        run()  # type: ignore[operator]
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken) * 1e3


def commands(runs: int) -> list[tuple[str, str, str]]:
    base = [sys.executable, "-c", IMPORTS]
    archcalc = [sys.executable, "-m", "archcalc"]
    rows = []
    for name, arguments, aim in (
        ("`report resnet50`, table", ["report", "resnet50"], "2.2"),
        ("`report resnet50`, JSON", ["report", "resnet50", "--format", "json"], "1.6"),
        ("`--help`", ["--help"], "1.5"),
        ("`report --help`", ["report", "--help"], ""),
        ("`check` of six packaged specs", ["check", *SIX], "6"),
        ("`check`, all packaged specs and laws", ["check"], "12"),
    ):
        rows.append((name, f"{ratio([*archcalc, *arguments], base, runs):.2f} ×", aim and f"≤ {aim} ×"))
    return rows


def formulas(runs: int) -> list[tuple[str, str, str]]:
    """Against `import sympy`."""
    base = [sys.executable, "-c", "import sympy"]
    archcalc = [sys.executable, "-m", "archcalc"]
    rows = []
    for arguments, aim in (
        ("formula mobilenet_v1 --in alpha,h", "1.8"),
        ("formula resnet152", "3.5"),
        ("formula densenet264 --in k", "3.5"),
        ("formula resnet50 --exact", "6"),
        ("formula densenet121 --exact", "6"),
        ("law", "8"),
    ):
        found = ratio([*archcalc, *arguments.split()], base, runs)
        rows.append((f"`{arguments}`, to `import sympy`", f"{found:.2f} ×", f"≤ {aim} ×"))
    return rows


COLD = """
import time
from archcalc.network import load
from archcalc.ops._base import catalogue
catalogue()
begun = time.perf_counter()
load("resnet50").graph()
print((time.perf_counter() - begun) * 1e3)
"""


def in_process(runs: int) -> list[tuple[str, str, str]]:
    from archcalc.engine.propagate import propagate
    from archcalc.network import load

    cold = statistics.median(
        float(
            subprocess.run(
                [sys.executable, "-c", COLD], capture_output=True, text=True, check=True, env=ENVIRONMENT
            ).stdout
        )
        for _ in range(runs)
    )
    warm = median(lambda: load("resnet50").graph(), 10 * runs)
    graphs = iter([load("resnet50").graph() for _ in range(10 * runs)])

    def rows_of_fresh() -> None:
        for row in propagate(next(graphs)):
            _ = row.weights, row.facts

    return [
        ("ResNet-50: load and expand, first time in a process", f"{cold:.1f} ms", "≤ 25 ms"),
        ("ResNet-50: load and expand, again", f"{warm:.1f} ms", "≤ 8 ms"),
        ("ResNet-50: graph → rows (176 nodes)", f"{median(rows_of_fresh, 10 * runs):.2f} ms", "≤ 1 ms"),
    ]


LINEAR = """
network: a deep net
parameters: {units: 100}
input: [16, 32, 32]
blocks:
  Unit:
    - add: {skip: identity, new: [conv: {out: in, kernel: 3, padding: 1}, batch_norm, relu]}
    - relu
body: {Unit, repeat: units}
"""


def large(quick: bool) -> list[tuple[str, str, str]]:
    from archcalc.network import load

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "deep.yaml")
        path.write_text(LINEAR)
        network = load(str(path))

        def layer(units: int) -> float:
            begun = time.perf_counter()
            report = network.report(units=units)
            assert report.totals["mult_adds"] == units * 16 * 16 * 9 * 32 * 32
            return (time.perf_counter() - begun) / (5 * units)

        layer(200)
        small = statistics.median(layer(200) for _ in range(9))
        big = statistics.median(layer(20_000) for _ in range(3))
        rows = [
            ("a layer of 1,000, from spec to report", f"{small * 1e6:.1f} µs", ""),
            ("a layer of 100,000, against that", f"{big / small:.2f} ×", "≤ 1.3 ×"),
        ]
        if not quick:
            code = f"from archcalc.network import load\nload({str(path)!r}).report(units=200_000)"
            begun = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True, env=ENVIRONMENT)
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
            rows.append(("1,000,000 nodes, from spec to report: peak memory", f"{peak:.2f} GiB", "< 2 GB"))
            rows.append(("1,000,000 nodes: time", f"{time.perf_counter() - begun:.1f} s", ""))
    return rows


U_NET = """
network: a U-Net of depth 5
input: [1, 256, 256]
defaults: {conv: {padding: half}}
blocks: {'Twice(out)': [{do: [conv: {out, kernel: 3}, relu], repeat: 2}]}
body:
  - {repeat: {out: [64, 128, 256, 512, 1024]}, do: [{name: 'down{out}', Twice: out}, max_pool: 2]}
  - Twice: 2048
  - repeat: {out: [1024, 512, 256, 128, 64]}
    do:
      - {name: 'up{out}', conv_transpose: {out, kernel: 2, stride: 2}}
      - concat: ['down{out}', 'up{out}']
      - Twice: out
"""


def fields(runs: int) -> list[tuple[str, str, str]]:
    """What receptive fields add to a report, and whether they stay linear in the layers."""
    from archcalc.engine.propagate import propagate
    from archcalc.network import load

    def seconds_of(spec: str, **given: object) -> tuple[float, float]:
        """Of the processor: for the fields of all layers, and for the rest from the spec to the report's document."""
        graph = load(spec).graph(**given)
        begun = time.process_time()
        propagate(graph)
        middle = time.process_time()
        load(spec).report(**given).to_dict()
        alone = middle - begun
        return alone, time.process_time() - middle - alone

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        deep, u_net = Path(folder, "deep.yaml"), Path(folder, "u_net.yaml")
        deep.write_text(LINEAR)
        u_net.write_text(U_NET)
        for name, spec in (
            ("ResNet-152", "resnet152"),
            ("Inception-ResNet v2", "inception_resnet_v2"),
            ("a U-Net of depth 5", str(u_net)),
        ):
            seconds_of(spec)
            pairs = [seconds_of(spec) for _ in range(3 * runs)]
            more = statistics.median(alone / rest for alone, rest in pairs)
            rows.append((f"{name}: what fields add to the rest of a report", f"{more:.0%}", "≤ 30 %"))

        def layer(units: int) -> float:
            return seconds_of(str(deep), units=units)[0] / (5 * units)

        layer(200)
        small = statistics.median(layer(200) for _ in range(9))
        big = statistics.median(layer(20_000) for _ in range(3))
    rows.append(("the field of a layer of 1,000", f"{small * 1e6:.1f} µs", ""))
    rows.append(("the field of a layer of 100,000, against that", f"{big / small:.2f} ×", "≤ 1.3 ×"))
    return rows


def processor_seconds(pid: int) -> float:
    """What a process has used so far, on Linux."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def watching(saves: int) -> list[tuple[str, str, str]]:
    """From a save to the last byte of the next report, and what it takes to wait."""
    with tempfile.TemporaryDirectory() as folder:
        path, beside = Path(folder, "net.yaml"), Path(folder, "new")
        path.write_text(LINEAR)
        command = [sys.executable, "-m", "archcalc", "report", str(path), "--watch", "--units", "20"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, env=ENVIRONMENT)
        assert process.stdout is not None

        def until(sign: bytes) -> None:
            text = b""
            while sign not in text:
                text += os.read(process.stdout.fileno(), 1 << 16)

        until(b"Receptive field")
        taken = []
        for width in range(17, 17 + saves):
            time.sleep(0.1 + width % 7 / 300)  # at any time between two looks
            beside.write_text(LINEAR.replace("[16,", f"[{width},"))
            begun = time.perf_counter()
            os.replace(beside, path)
            until(b"since the last save")
            taken.append((time.perf_counter() - begun) * 1e3)
        begun = processor_seconds(process.pid)
        time.sleep(2)
        idle = (processor_seconds(process.pid) - begun) / 2
        process.kill()
        process.communicate()
    return [
        ("`--watch`: from a save to the report, 100 layers", f"{statistics.median(taken):.1f} ms", "< 100 ms"),
        ("`--watch`: the longest of these", f"{max(taken):.1f} ms", ""),
        ("`--watch`: processor while it waits", f"{idle:.2%}", "< 2 %"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer runs, no net of a million layers")
    parser.add_argument("--markdown", action="store_true", help="a Markdown table")
    options = parser.parse_args()
    runs = 5 if options.quick else 21
    rows = [*commands(runs), *formulas(runs), *in_process(runs), *fields(runs), *watching(runs), *large(options.quick)]
    if options.markdown:
        print("| what | figure | aim |\n|---|---|---|")
        print("\n".join(f"| {name} | {figure} | {aim} |" for name, figure, aim in rows))
    else:
        print("\n".join(f"{name:55} {figure:>10}  {aim}" for name, figure, aim in rows))


if __name__ == "__main__":
    main()
