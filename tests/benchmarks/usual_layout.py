"""The usual layout, for comparison: Rasa's server with DIET and TED, the REST channel, a separate action server.

    python -m tests.benchmarks.usual_layout --train     # once after the data changed: minutes
    python -m tests.benchmarks.usual_layout --serve     # to look at it; prints the address of its REST channel

It is trained on the project's own data with the pipeline that Rasa's documentation recommends, and
runs at its best: conversations in memory, the actions of this project, nothing logged. Few epochs
are trained, since how well it understands is not measured here and the time of a turn does not
depend on it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from bot.settings import ROOT, settings

# What Rasa's documentation recommends; `benchmarks/nlu` compares its understanding too.
PIPELINE = """\
pipeline:
  - name: WhitespaceTokenizer
  - name: RegexFeaturizer
  - name: LexicalSyntacticFeaturizer
  - name: CountVectorsFeaturizer
  - name: CountVectorsFeaturizer
    analyzer: char_wb
    min_ngram: 1
    max_ngram: 4
  - name: DIETClassifier
    epochs: {epochs}
    batch_size: 256
    constrain_similarities: true
    random_seed: 20261122
  - name: EntitySynonymMapper
  - name: FallbackClassifier
    threshold: 0.3
    ambiguity_threshold: 0.1
"""
HEAD = """\
recipe: default.v1
assistant_id: usual-layout
language: lv
"""
POLICIES = """\
policies:
  - name: MemoizationPolicy
  - name: RulePolicy
    core_fallback_threshold: 0.3
    core_fallback_action_name: action_clarify
    enable_fallback_prediction: true
  - name: TEDPolicy
    max_history: 5
    epochs: {epochs}
    constrain_similarities: true
"""
CONFIG = HEAD + PIPELINE + POLICIES
EPOCHS = 1
DATA = ("data/nlu", "data/stories", "data/rules")
STARTS_WITHIN_S = 240.0


def model_file() -> Path:
    """Return where the model of today's data is, or would be."""
    digest = hashlib.sha256(CONFIG.encode())
    for name in ("domain.yml", *DATA):
        path = ROOT / name
        for file in sorted(path.rglob("*.yml")) if path.is_dir() else [path]:
            digest.update(file.read_bytes())
    return settings().data_dir / "benchmarks" / f"usual-{digest.hexdigest()[:16]}.tar.gz"


def train(epochs: int = EPOCHS) -> Path:
    """Train where the data changed; return the model."""
    target = model_file()
    if target.is_file():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    config = target.parent / "usual-config.yml"
    config.write_text(CONFIG.format(epochs=epochs))
    data = [str(ROOT / name) for name in DATA]
    command = [
        *(sys.executable, "-m", "rasa", "train", "--config", str(config), "--domain", str(ROOT / "domain.yml")),
        *("--out", str(target.parent), "--fixed-model-name", target.name, "--augmentation", "0", "--data", *data),
    ]
    subprocess.run(command, cwd=target.parent, env=_environment(), check=True)
    return target


def _environment() -> dict[str, str]:
    silent = {"RASA_TELEMETRY_ENABLED": "false", "LOG_LEVEL": "ERROR", "TF_CPP_MIN_LOG_LEVEL": "3"}
    return {**os.environ, **silent, "PYTHONPATH": str(ROOT)}


@contextlib.contextmanager
def _process(name: str, folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments], cwd=ROOT, env=_environment(), stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


async def _answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            await asyncio.to_thread(lambda: urllib.request.urlopen(url, timeout=2).close())
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > ends:
                raise RuntimeError(f"{url} does not answer:\n{log.read_text()[-3000:]}") from None
            await asyncio.sleep(0.3)


@contextlib.asynccontextmanager
async def running(folder: Path) -> AsyncIterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Run both servers; entered when they answer, with the address of the REST channel and the processes.

    Args:
        folder: for configuration and logs.
    """
    from tests.conftest import free_port

    model = train()
    port, actions_port = free_port(), free_port()
    credentials, endpoints = folder / "credentials.yml", folder / "endpoints.yml"
    credentials.write_text("rest:\n")
    endpoints.write_text(f"action_endpoint:\n  url: http://127.0.0.1:{actions_port}/webhook\n")
    actions = ("rasa_sdk", "--actions", "actions", "--port", str(actions_port))
    server = (
        *("rasa", "run", "--model", str(model), "--credentials", str(credentials), "--endpoints", str(endpoints)),
        *("--interface", "127.0.0.1", "--port", str(port)),
    )
    with _process("actions", folder, *actions) as first, _process("rasa", folder, *server) as second:
        await _answers(f"http://127.0.0.1:{actions_port}/health", first, folder / "actions.log")
        await _answers(f"http://127.0.0.1:{port}/", second, folder / "rasa.log")
        yield f"http://127.0.0.1:{port}/webhooks/rest/webhook", [first, second]


async def _serve() -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        async with running(Path(folder)) as (url, _):
            print(url, flush=True)
            await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--serve", action="store_true")
    options = parser.parse_args()
    if options.train:
        print(train())
    if options.serve:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_serve())
