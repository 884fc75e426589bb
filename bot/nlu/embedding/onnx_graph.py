"""Writes an ONNX model without the ``onnx`` package, which needs a newer protobuf than Rasa.

Only what a small encoder needs: nodes, initialisers, float inputs and outputs. The field numbers
are those of ``onnx.proto`` (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), the wire
format is that of protocol buffers (https://protobuf.dev/programming-guides/encoding/); both are
frozen by their projects' promise of compatibility.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import Union

import numpy as np

# ONNX Runtime's own operators (fused attention, quantised products); ai.onnx when empty.
MICROSOFT = "com.microsoft"

_IR_VERSION = 9
_OPSETS = {"": 17, MICROSOFT: 1}
_FLOAT = 1
_ELEMENT_TYPES = {np.dtype(np.float32): _FLOAT, np.dtype(np.int8): 3, np.dtype(np.int64): 7}
_ATTRIBUTE_FLOAT, _ATTRIBUTE_INT, _ATTRIBUTE_INTS = 1, 2, 7

AttributeValue = Union[int, float, Sequence[int]]


class OnnxGraph:
    """A graph under construction; values are referred to by their names."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._initialisers: list[bytes] = []

    def constant(self, array: np.ndarray) -> str:
        """Add an initialiser (float32, int8 or int64) and return its name."""
        name = f"constant_{len(self._initialisers)}"
        array = np.ascontiguousarray(array)
        self._initialisers.append(
            b"".join(_integer(1, size) for size in array.shape)
            + _integer(2, _ELEMENT_TYPES[array.dtype])
            + _bytes(8, name.encode())
            + _bytes(9, array.tobytes())
        )
        return name

    def node(
        self,
        operator: str,
        *inputs: str,
        outputs: int | str = 1,
        domain: str = "",
        **attributes: AttributeValue,
    ) -> list[str]:
        """Add an operator and return the names of its outputs.

        Args:
            operator: the operator's name in its domain.
            inputs: names of values.
            outputs: how many outputs it has, or the name of its only one.
            domain: the operator's domain.
            attributes: the operator's attributes: numbers or lists of whole numbers.
        """
        number = len(self._nodes)
        names = [outputs] if isinstance(outputs, str) else [f"value_{number}_{i}" for i in range(outputs)]
        self._nodes.append(
            b"".join(_bytes(1, name.encode()) for name in inputs)
            + b"".join(_bytes(2, name.encode()) for name in names)
            + _bytes(3, f"{operator}_{number}".encode())
            + _bytes(4, operator.encode())
            + b"".join(_bytes(5, _attribute(key, value)) for key, value in attributes.items())
            + _bytes(7, domain.encode())
        )
        return names

    def model(self, inputs: dict[str, Sequence[int | str]], outputs: dict[str, Sequence[int | str]]) -> bytes:
        """Return the serialised model.

        Args:
            inputs: shape of each float32 input by its name; a size is a number or a free name.
            outputs: the same of the outputs.
        """
        graph = (
            _repeated(1, self._nodes)
            + _bytes(2, b"encoder")
            + _repeated(5, self._initialisers)
            + _repeated(11, [_value(name, shape) for name, shape in inputs.items()])
            + _repeated(12, [_value(name, shape) for name, shape in outputs.items()])
        )
        opsets = [_bytes(1, domain.encode()) + _integer(2, version) for domain, version in _OPSETS.items()]
        return _integer(1, _IR_VERSION) + _bytes(7, graph) + _repeated(8, opsets)


def _attribute(name: str, value: AttributeValue) -> bytes:
    head = _bytes(1, name.encode())
    if isinstance(value, float):
        return head + _varint(2 << 3 | 5) + struct.pack("<f", value) + _integer(20, _ATTRIBUTE_FLOAT)
    if isinstance(value, int):
        return head + _integer(3, value) + _integer(20, _ATTRIBUTE_INT)
    return head + b"".join(_integer(8, item) for item in value) + _integer(20, _ATTRIBUTE_INTS)


def _value(name: str, shape: Sequence[int | str]) -> bytes:
    sizes = [_bytes(2, size.encode()) if isinstance(size, str) else _integer(1, size) for size in shape]
    tensor = _integer(1, _FLOAT) + _bytes(2, _repeated(1, sizes))
    return _bytes(1, name.encode()) + _bytes(2, _bytes(1, tensor))


def _repeated(field: int, items: Iterable[bytes]) -> bytes:
    return b"".join(_bytes(field, item) for item in items)


def _bytes(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _integer(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value & 0xFFFF_FFFF_FFFF_FFFF)  # negative: two's complement


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
