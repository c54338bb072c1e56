"""Write the golden vectors of a NEW message: `python -m protocol.tests.write_vectors`.

A vector that exists is never overwritten: what was once on the wire stays readable.
"""

import json
from pathlib import Path

from protocol import frame
from protocol.tests import samples, vectors

FRAME_BODIES = (b"", b"\x00", b"123456789", bytes(12), bytes(range(1, 255)), bytes(range(256)), b"\x01" * 504)


def main():
    for name, rule, message, data in samples.every():
        write(name, {"rule": rule, "hex": data.hex(), "fields": vectors.describe(message)})
    write("frames", [{"body": body.hex(), "wire": frame.encode(body).hex()} for body in FRAME_BODIES])


def write(name, content):
    path = Path(vectors.FOLDER) / (name + ".json")
    if path.exists():
        print("kept ", path.name)
        return
    path.write_text(
        json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8"
    )
    print("wrote", path.name)


if __name__ == "__main__":
    main()
