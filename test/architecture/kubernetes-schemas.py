"""Reads {"version", "documents"} and answers what each document has against its schema of that version of Kubernetes; null: nothing."""

import json
import sys

import kubernetes_validate

asked = json.load(sys.stdin)
faults = []
for document in asked["documents"]:
    try:
        kubernetes_validate.validate(document, asked["version"], strict=True)
        faults.append(None)
    except kubernetes_validate.ValidationError as error:
        faults.append(f"{'.'.join(str(part) for part in error.path)}: {error.message}")
json.dump(faults, sys.stdout)
