"""The seeds of each fuzz target: the golden messages of protocol/vectors, and the inputs kept in
corpus/TARGET.hex (one a line), which reach what the golden ones do not."""
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
VECTORS = HERE.parent.parent / "protocol" / "vectors"
CORPUS = HERE / "corpus"
SKIP = b"\x01\x0b"  # fuzz_codec: one order, to skip an item


def kept(target):
    path = CORPUS / f"{target}.hex"
    lines = path.read_text(encoding="ascii").split() if path.exists() else []
    return [bytes.fromhex(line) for line in lines]


def golden(target):
    """Of fuzz_TARGET.c; each message has one, and the codec reads them all."""
    for line in (VECTORS / "index").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        file, message = line.split("\t")[:2]
        data = bytes.fromhex((VECTORS / f"{file}.hex").read_text(encoding="ascii"))
        if message.startswith("body "):
            data, message = bytes([int(message[5:])]) + data, "event_body"
        message = {"events": "batch"}.get(message, message)
        if message == target:
            yield data
        elif target == "codec" and len(data) < 512:
            yield SKIP + (data[1:] if message == "event_body" else data)


def seeds(target):
    return list(dict.fromkeys([*golden(target), *kept(target)]))


def keep(target, inputs):
    """Replaces what is kept, smallest first."""
    lines = sorted({one.hex() for one in inputs if one}, key=lambda line: (len(line), line))
    CORPUS.mkdir(exist_ok=True)
    (CORPUS / f"{target}.hex").write_text("".join(line + "\n" for line in lines), encoding="ascii")
