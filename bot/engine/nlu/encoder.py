"""The meaning of a text as one vector."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from bot.engine.nlu.bert import WIDTH, encoder_graph
from bot.engine.nlu.weights import Array, Weights, weights_folder

# A long rant says what it is about early, and the cost of a text grows with its tokens.
MAX_TOKENS = 96


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

    def encode(self, texts: list[str]) -> Array:
        """Vectors of the texts, shape ``(len(texts), WIDTH)``."""
        vectors = np.zeros((len(texts), WIDTH), dtype=np.float32)
        for row, encoding in enumerate(self._tokenizer.encode_batch(texts)):
            embedded = self._words[encoding.ids] + self._positions[: len(encoding.ids)]
            (meaning,) = self._session.run(["meaning"], {"embedded": embedded})
            vectors[row] = meaning / np.linalg.norm(meaning)
        return vectors


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
