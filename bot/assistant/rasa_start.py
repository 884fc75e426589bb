"""Importing Rasa the fast and quiet way. Import this before anything of Rasa."""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import warnings

# Rasa sends usage data to its maker unless told not to.
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
# Also silences a progress bar for each of Rasa's hundred small training steps.
os.environ.setdefault("LOG_LEVEL", "ERROR")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import structlog

# Rasa's structured log prints at every level unless told otherwise, message texts among it.
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
warnings.filterwarnings("ignore", message="Slot auto-fill has been removed")
warnings.filterwarnings("ignore", category=DeprecationWarning)

from bot.assistant.tensorflow_stand_in import needs_tensorflow, stand_in  # noqa: E402
from bot.settings import ROOT, settings  # noqa: E402


def _without_tensorflow() -> contextlib.AbstractContextManager[None]:
    if settings().tensorflow or needs_tensorflow(ROOT / "config.yml"):
        # skops, which some classifiers import, scans every loaded module: 10 s of CPU after TensorFlow, 2 s before it.
        importlib.import_module("skops.io")
        return contextlib.nullcontext()
    return stand_in(first=lambda: importlib.import_module("thinc.compat"))


with warnings.catch_warnings(), _without_tensorflow():
    warnings.simplefilter("ignore")
    logging.getLogger("root").setLevel(logging.ERROR)  # TensorFlow complains of TensorBoard at import
    import rasa.core.agent
    import rasa.engine.recipes.default_recipe  # noqa: F401

    logging.getLogger("root").setLevel(logging.WARNING)

# What fails in an action is logged by us, without the traceback, whose text may quote a message.
logging.getLogger("rasa.core.processor").setLevel(logging.CRITICAL)
