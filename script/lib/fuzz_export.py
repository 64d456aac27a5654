"""Copies what fuzzing kmirror began with and found worth keeping, for other decoders."""

import json
import shutil

import fuzz_seeds


def export(golden, build, directory):
    """`golden` is the folder of tests/golden/generate, `build` that of preset fuzz."""
    directory.mkdir(parents=True, exist_ok=True)
    shutil.copy(fuzz_seeds.ROOT / "fuzz/README.md", directory / "README.md")
    for dictionary in sorted((build / "seeds").glob("*.dict")):
        shutil.copy(dictionary, directory)
    inputs = 0
    for source in ["seeds", "corpus"]:
        for path in sorted((build / source).glob("*/*")):
            if path.parent.name == "canary":
                continue
            target = directory / "corpus" / path.parent.name
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
            inputs += 1
    print(f"{directory}: {inputs} inputs, {export_frames(golden, directory)} plain frames")


def export_frames(golden, directory):
    """Golden messages as they travel: header and body, without the length. Data has no header."""
    count = 0
    for client in sorted(golden.glob("wire-*.jsonl")):
        for line in map(json.loads, client.open(encoding="utf-8")):
            if "message" not in line:
                continue
            folder = directory / "frames" / line["message"]
            folder.mkdir(parents=True, exist_ok=True)
            name = f"v{line['version']}-{line['variant']}-{client.stem.removeprefix('wire-')}.bin"
            (folder / name).write_bytes(bytes.fromhex(line["header"] + line["body"]))
            count += 1
    return count
