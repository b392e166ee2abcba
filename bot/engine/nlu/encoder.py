"""The meaning of a text as one vector."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from bot.engine.nlu.bert import WIDTH, encoder_graph
from bot.engine.nlu.weights import Array, Weights, weights_folder

# A long rant says what it is about early, and the cost of a text grows with its tokens.
MAX_TOKENS = 96
# More texts than this are encoded side by side.
MANY = 64
# So many texts are remembered: the clauses of one message are read by four components, each of which asks what they mean.
KEPT = 128


class SentenceEncoder:
    """Turns texts into vectors of ``WIDTH`` numbers and length one; texts that mean alike get close vectors."""

    def __init__(self, folder: Path) -> None:
        weights = Weights(folder / "model.safetensors")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._words = weights["embeddings.word_embeddings.weight"]
        self._positions: Array = (
            weights["embeddings.position_embeddings.weight"][:MAX_TOKENS]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        self._session = onnxruntime.InferenceSession(
            encoder_graph(weights), _one_thread(), providers=["CPUExecutionProvider"]
        )
        self._meaning_of = lru_cache(maxsize=KEPT)(self._alone)

    def encode(self, texts: list[str]) -> Array:
        """Vectors of the texts, shape ``(len(texts), WIDTH)``."""
        if len(texts) < MANY:
            vectors = [self._meaning_of(text) for text in texts]
        else:
            tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(texts)]
            # Training: onnxruntime lets other Python threads run, so two cores halve the time.
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                vectors = list(pool.map(self._vector, tokens, chunksize=64))
        return np.array(vectors, dtype=np.float32).reshape(len(texts), WIDTH)

    def _alone(self, text: str) -> Array:
        return self._vector(self._tokenizer.encode(text).ids)

    def _vector(self, ids: list[int]) -> Array:
        embedded = self._words[ids] + self._positions[: len(ids)]
        (meaning,) = self._session.run(["meaning"], {"embedded": embedded})
        unit: Array = meaning / np.linalg.norm(meaning)
        return unit


def _one_thread() -> onnxruntime.SessionOptions:
    """The machine is shared with five other processes: a message takes one core, not all of them."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    return options


@lru_cache(maxsize=1)
def shared_encoder() -> SentenceEncoder:
    """The one encoder of this process."""
    return SentenceEncoder(weights_folder())
