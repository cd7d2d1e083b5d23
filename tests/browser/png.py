"""Makes the pictures of the documents small: a palette in place of three bytes a pixel."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MOST_COLOURS = 256


def with_palette(png: bytes) -> bytes:
    """The same picture with at most 256 colours. Only for what Chromium writes: 8 bits, not interlaced."""
    width, height, channels, data = _read(png)
    rows = [_rgb(row, channels) for row in _rows(data, width * channels, channels)]
    counted = Counter(pixel for row in rows for pixel in row)
    palette = [colour for colour, _ in counted.most_common(_MOST_COLOURS)]
    place = {colour: index for index, colour in enumerate(palette)}
    for colour in counted:
        if colour not in place:
            place[colour] = min(range(len(palette)), key=lambda index: _distance(palette[index], colour))
    packed = b"".join(b"\0" + bytes(place[pixel] for pixel in row) for row in rows)
    return _SIGNATURE + b"".join(
        [
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", b"".join(colour.to_bytes(3, "big") for colour in palette)),
            _chunk(b"IDAT", zlib.compress(packed, 9)),
            _chunk(b"IEND", b""),
        ]
    )


def _read(png: bytes) -> tuple[int, int, int, bytes]:
    """Width, height, channels and the filtered bytes."""
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", png[16:29])
    if depth != 8 or kind not in (2, 6) or interlaced:
        raise ValueError("not a picture of Chromium's")
    data, at = b"", len(_SIGNATURE)
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + size]
        at += size + 12
    return width, height, 3 if kind == 2 else 4, zlib.decompress(data)


def _rows(data: bytes, size: int, channels: int) -> Iterator[bytes]:
    """Each row without its filter (PNG 1.2, 6)."""
    above = bytearray(size)
    for start in range(0, len(data), size + 1):
        row = bytearray(data[start + 1 : start + 1 + size])
        for i in range(size) if data[start] else ():
            left = row[i - channels] if i >= channels else 0
            corner = above[i - channels] if i >= channels else 0
            row[i] = (row[i] + _predicted(data[start], left, above[i], corner)) & 255
        yield bytes(row)
        above = row


def _predicted(kind: int, left: int, above: int, corner: int) -> int:
    if kind == 4:
        estimate = left + above - corner
        return min((left, above, corner), key=lambda byte: abs(estimate - byte))
    return (0, left, above, (left + above) // 2)[kind]


def _rgb(row: bytes, channels: int) -> list[int]:
    return [int.from_bytes(row[i : i + 3], "big") for i in range(0, len(row), channels)]


def _distance(one: int, other: int) -> int:
    return sum(abs((one >> shift & 255) - (other >> shift & 255)) for shift in (0, 8, 16))


def _chunk(name: bytes, content: bytes) -> bytes:
    body = name + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))
