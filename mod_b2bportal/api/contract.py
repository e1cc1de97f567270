#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""contract.py SOURCE NAME TARGET.c: a document (YAML or JSON) as compact JSON in the C array b2b_NAME.

An array and not a string: C compilers need not take a string literal of more than 4,095 bytes.
"""
import hashlib
import json
import os
import sys

try:
    import yaml
except ImportError:
    sys.exit("contract.py needs PyYAML: apt-get install python3-yaml")


def main(source, name, target):
    with open(source, encoding="utf-8") as file:
        document = json.load(file) if source.endswith(".json") else yaml.safe_load(file)
    data = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    lines = [",".join(str(byte) for byte in data[start:start + 24]) for start in range(0, len(data), 24)]
    with open(target, "w", encoding="utf-8") as file:
        file.write(f"/* Made by contract.py from docs/{os.path.basename(source)}: change that. */\n"
                   '#include "api/private.h"\n\n'
                   f'const char b2b_{name}_etag[] = "\\"{hashlib.sha256(data).hexdigest()[:32]}\\"";\n'
                   f"const apr_size_t b2b_{name}_length = {len(data)};\n"
                   f"const unsigned char b2b_{name}[] = {{\n" + ",\n".join(lines) + ",0};\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
