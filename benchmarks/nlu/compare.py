"""Compares the understanding of this pipeline with the usual choices, on the same messages.

    python -m benchmarks.nlu.compare                              # all systems and the ablation
    python -m benchmarks.nlu.compare --only pipeline scikit-learn
    python -m benchmarks.nlu.compare --corpora ~/corpora --plot docs/images/understanding-comparison.svg

Every system learns from the same examples (data/nlu without an eighth, on which each one's threshold
for asking back is fitted) and reads the same messages (tests/data/nlu), one at a time on one thread.
Public corpora, where their folder is given, are learnt from and judged by their own parts, and never
kept. Results stay under var/benchmarks until what they are made of changes, so a run that was cut
off goes on. From nothing it takes about forty minutes of a core, half of them DIET's and corpora not counted.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks.nlu import measure
from benchmarks.nlu.corpora import read_corpora
from benchmarks.nlu.figures import figures_of
from benchmarks.nlu.systems import ABLATIONS, COMPARED, ON_CORPORA, PIPELINE, SYSTEMS, System
from benchmarks.nlu.tables import corpus_table, markdown, show, system_table
from bot.settings import settings

Results = dict[str, dict[str, Any]]


def folder_of(name: str, system: System, data: str) -> Path:
    """Return where the results of a system stand; another folder when what it is made of changes."""
    made_of = hashlib.sha256(f"{data}\0{system.made_of()}".encode()).hexdigest()[:12]
    return settings().data_dir / "benchmarks" / "nlu" / f"{name}-{made_of}"


def compare(names: Sequence[str], progress: Progress) -> Results:
    """Return the figures of systems by name, measuring what is not there yet.

    Raises:
        MeasureFailed: a system could not be measured.
    """
    training, held_out = measure.split()
    data = hashlib.sha256(repr([training, held_out]).encode())
    for file in measure.TEST_SETS:
        data.update(file.read_bytes())
    results = {}
    task = progress.add_task("systems", total=len(names))
    for name in names:
        progress.update(task, description=name)
        system, learns = SYSTEMS[name], name if SYSTEMS[name].is_learnt else PIPELINE
        folder, model = folder_of(name, system, data.hexdigest()), folder_of(learns, SYSTEMS[learns], data.hexdigest())
        if not (model / measure.TRAINED).exists():
            measure.run("train", learns, model, from_nothing=learns == PIPELINE)
        if not (folder / measure.JUDGED).exists():
            measure.run("judge", name, folder, model=model)
        trained, judged = (json.loads(file.read_text()) for file in (model / measure.TRAINED, folder / measure.JUDGED))
        results[name] = {"title": system.title, **figures_of(trained, judged)}
        progress.advance(task)
    return results


def compare_on_corpora(names: Sequence[str], corpora: Path, progress: Progress) -> Results:
    """Return the figures of systems by name and corpus, measuring what is not there yet.

    Raises:
        MeasureFailed: a system could not be measured.
    """
    found = list(read_corpora(corpora))
    data = hashlib.sha256(repr(found).encode()).hexdigest()
    results: Results = {}
    task = progress.add_task("corpora", total=len(names))
    for name in names:
        progress.update(task, description=f"corpora: {name}")
        folder = folder_of(f"corpora-{name}", ON_CORPORA[name], data)
        measure.run("corpora", name, folder, corpora=corpora.resolve())
        files = {corpus.name: folder / f"{corpus.name}.json" for corpus in found}
        by_corpus = {corpus: json.loads(file.read_text()) for corpus, file in files.items() if file.exists()}
        results[name] = {"title": ON_CORPORA[name].title, "corpora": by_corpus}
        progress.advance(task)
    return results


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and show tables, a JSON document, a plot."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.nlu.compare",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    known = list(SYSTEMS)
    parser.add_argument("--only", nargs="+", choices=known, metavar="NAME", help=f"of {', '.join(known)}")
    parser.add_argument(
        "--corpora", type=Path, metavar="DIR", help="a folder with tilde-nlu-datasets, tilde-fnlu, clinc150"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--markdown", action="store_true", help="print the tables as docs/understanding.md has them")
    parser.add_argument(
        "--plot", type=Path, metavar="FILE.svg", help="draw the systems, and the ablation if it was measured"
    )
    options = parser.parse_args(arguments)
    if options.corpora and not any(read_corpora(options.corpora)):
        parser.error(f"{options.corpora} has no corpus that is known here.")
    only = options.only or known
    systems = [name for name in only if name in COMPARED or name in ABLATIONS]
    on_corpora = [name for name in only if name in ON_CORPORA] if options.corpora else []
    if not systems and not on_corpora:
        parser.error("These learn from public corpora alone: give their folder with --corpora.")
    screen = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=screen) as progress:
            results = compare(systems, progress)
            corpora = compare_on_corpora(on_corpora, options.corpora, progress) if on_corpora else {}
    except measure.MeasureFailed as error:
        screen.print(str(error), markup=False)
        sys.exit(1)
    tables = [*([system_table(results)] if results else []), *([corpus_table(corpora)] if corpora else [])]
    if options.json:
        print(json.dumps({"systems": results, "corpora": corpora}, indent=2))
    elif options.markdown:
        print("\n\n".join(map(markdown, tables)))
    else:
        show(tables, Console())
    if options.plot and results:
        from benchmarks.nlu.plot import draw

        draw(results, options.plot)


if __name__ == "__main__":
    main()
