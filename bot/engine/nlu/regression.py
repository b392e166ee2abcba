"""Multinomial logistic regression, learnt with AdaGrad in small steps.

L-BFGS takes ten times as long on our examples and generalises worse, because it does not stop early (docs/nlu.md).
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from bot.engine.nlu.weights import Array

Targets = npt.NDArray[np.int64]

BATCH = 128
SEED = 311
DENSE_EPOCHS, DENSE_RATE, DENSE_DECAY = 15, np.float32(0.3), np.float32(1e-5)
SPARSE_EPOCHS, SPARSE_RATE = 6, np.float32(0.1)


def fit_dense(features: Array, targets: Targets, classes: int) -> tuple[Array, Array]:
    """Weights ``(features, classes)`` and biases ``(classes,)`` for dense rows and their class numbers."""
    weight = np.zeros((features.shape[1], classes), dtype=np.float32)
    bias = np.zeros(classes, dtype=np.float32)
    seen = np.full_like(weight, 1e-6)
    for rows in _batches(len(targets), DENSE_EPOCHS):
        error = _error(features[rows] @ weight + bias, targets[rows])
        gradient = features[rows].T @ error + DENSE_DECAY * weight
        seen += np.square(gradient)
        weight -= DENSE_RATE * gradient / np.sqrt(seen)
        bias -= DENSE_RATE * error.sum(axis=0)
    return weight, bias


def fit_sparse(features: csr_matrix, targets: Targets, classes: int) -> tuple[Array, Array]:
    """The same for sparse rows; only the n-grams of a batch are touched."""
    columns = features.shape[1]
    weight = np.zeros((columns, classes), dtype=np.float32)
    bias = np.zeros(classes, dtype=np.float32)
    # One step size per n-gram, not per n-gram and class: the memory of a vector instead of a second matrix.
    seen = np.full((columns, 1), 1e-8, dtype=np.float32)
    for rows in _batches(len(targets), SPARSE_EPOCHS):
        batch = features[rows]
        error = _error(batch @ weight + bias, targets[rows]) * np.float32(len(rows))
        used, places = np.unique(batch.indices, return_inverse=True)
        gradient = csr_matrix((batch.data, places, batch.indptr), shape=(len(rows), len(used))).T @ error
        seen[used] += np.square(gradient).mean(axis=1, keepdims=True)
        weight[used] -= SPARSE_RATE * gradient / np.sqrt(seen[used])
        bias -= np.float32(0.1) * SPARSE_RATE / len(rows) * error.sum(axis=0)
    return weight, bias


def _error(scores: Array, targets: Targets) -> Array:
    """The gradient of the mean log-loss with regard to the scores."""
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    error: Array = exponentials / exponentials.sum(axis=1, keepdims=True)
    error[np.arange(len(targets)), targets] -= 1
    return error / np.float32(len(targets))


def _batches(examples: int, epochs: int) -> Iterator[npt.NDArray[np.int64]]:
    random = np.random.default_rng(SEED)
    for _ in range(epochs):
        yield from np.array_split(random.permutation(examples), max(1, examples // BATCH))
