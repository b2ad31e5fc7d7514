"""Where other libraries read or answer the filters of the corpus differently; see `run`.

The kinds of disagreements: a library `accepts` what is no filter, `refuses` one, `answers` it with
other resources, `fails` to answer one that it reads, or `cannot hold` a resource, which its answers
are then asked without.
"""

import json
import subprocess
import sys
from pathlib import Path

import models
import transpiled
from reference import load

HERE = Path(__file__).resolve().parent


class ParseFilter:
    """npm's scim2-parse-filter, asked everything at once."""

    name, left_out = "scim2-parse-filter", []

    def __init__(self, scratch, filters):
        question = {"filters": filters, "resources": load("resources")}
        command = ["node", HERE / "parse_filter.mjs", scratch]
        output = subprocess.run(
            command, input=json.dumps(question, default=float), capture_output=True, text=True, check=True
        )
        self.answers = dict(zip(filters, json.loads(output.stdout)))

    def reads(self, text):
        return self.answers[text]["reads"]

    def ids(self, text):
        return self.answers[text].get("ids")


def asked(question, text):
    try:
        return question(text)
    except Exception:  # Each library has errors of its own, some of them by accident.
        return None


def disagreements(library, answered, good, bad):
    """Kind of each, and filter or resource."""
    yield from (("cannot hold", one) for one in library.left_out)
    yield from (("accepts", text) for text in bad if asked(library.reads, text))
    for text in good:
        if not asked(library.reads, text):
            yield "refuses", text
        elif text in answered:
            ids = asked(library.ids, text)
            if ids is None:
                yield "fails", text
            elif ids != [one for one in answered[text] if one not in library.left_out]:
                yield "answers", text


def main():
    answered = {case["filter"]: case["matches"] for case in load("match") if not case.get("lenient")}
    good = [*answered, *(case["filter"] for case in load("valid"))]
    bad = [case["filter"] for case in load("invalid")]
    found = {
        (library.name, *one)
        for library in (transpiled.Library(), models.Library(), ParseFilter(sys.argv[1], good + bad))
        for one in disagreements(library, answered, good, bad)
    }
    listed = {
        (group["library"], group["kind"], one)
        for group in json.loads((HERE / "disagreements.json").read_text())
        for one in group.get("filters") or group["resources"]
    }
    for one in sorted(found - listed):
        print("not listed:", *one)
    for one in sorted(listed - found):
        print("no longer:", *one)
    print(f"{len(found)} disagreements, {len(listed)} listed")
    sys.exit(found != listed)


if __name__ == "__main__":
    main()
