"""Prints one value of what `workers seed demo` printed: demo_json.py <file> <name>; fails when there is none.

A name may stand at any depth, so that the document may grow.
"""

import json
import sys


def find(value, name):
    if isinstance(value, dict):
        if name in value and not isinstance(value[name], (dict, list)):
            return value[name]
        value = list(value.values())
    if isinstance(value, list):
        return next((found for found in (find(item, name) for item in value) if found is not None), None)
    return None


with open(sys.argv[1], encoding="utf-8") as file:
    found = find(json.load(file), sys.argv[2])
if found is None:
    sys.exit(1)
print(found)
