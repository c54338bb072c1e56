"""A serial line that misbehaves, reproducibly: what happens to the n-th byte depends on the seed and n alone."""

import random
from dataclasses import dataclass

STALL_MS = 700  # longer than the link's first resend, 500 ms
SPLIT_MS = 3  # enough for the reader to see two pieces


@dataclass(frozen=True)
class Noise:
    """Probabilities per byte, each 0..1; their sum at most 1."""

    seed: int = 0
    flip: float = 0.0
    drop: float = 0.0
    dup: float = 0.0
    split: float = 0.0
    stall: float = 0.0

    def __post_init__(self) -> None:
        parts = (self.flip, self.drop, self.dup, self.split, self.stall)
        if any(not 0 <= part <= 1 for part in parts) or sum(parts) > 1:
            raise ValueError(
                "flip, drop, dup, split and stall are probabilities: each 0 to 1, together at most 1."
            )


class BadLine:
    """One direction.  direction: a name that makes the two directions differ."""

    def __init__(self, noise: Noise, direction: str) -> None:
        self._noise = noise
        self._random = random.Random(f"{noise.seed}/{direction}")

    def pass_on(self, data: bytes) -> list[tuple[int, bytes]]:
        """What comes out: pieces in order, each with the virtual ms it waits after the piece before it."""
        pieces: list[tuple[int, bytes]] = []
        wait_ms, piece = 0, bytearray()
        for byte in data:
            delay_ms, out = self._fate(byte)
            if delay_ms:
                pieces.append((wait_ms, bytes(piece)))
                wait_ms, piece = delay_ms, bytearray()
            piece += out
        pieces.append((wait_ms, bytes(piece)))
        return [(ms, out) for ms, out in pieces if ms or out]

    def _fate(self, byte: int) -> tuple[int, bytes]:
        noise, draw, bit = self._noise, self._random.random(), self._random.randrange(8)
        for chance, delay_ms, out in (
            (noise.flip, 0, bytes([byte ^ 1 << bit])),
            (noise.drop, 0, b""),
            (noise.dup, 0, bytes([byte, byte])),
            (noise.split, SPLIT_MS, bytes([byte])),
            (noise.stall, STALL_MS, bytes([byte])),
        ):
            if draw < chance:
                return delay_ms, out
            draw -= chance
        return 0, bytes([byte])
