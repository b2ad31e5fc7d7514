"""Where other libraries read or answer the filters of the corpus differently; see `run`."""

import json
import subprocess
import sys
from pathlib import Path

from reference import load
from scim2_filter_parser.lexer import SCIMLexer
from scim2_filter_parser.parser import SCIMParser
from scim2_models.path import ScimFilter

HERE = Path(__file__).resolve().parent


def is_read(parse, text):
    try:
        parse(text)
    except Exception:  # Each library has errors of its own, some of them by accident.
        return False
    return True


def disagreements(scratch):
    """Library, kind and filter of each."""
    answered = {case["filter"]: case["matches"] for case in load("match") if not case.get("lenient")}
    good = [*answered, *(case["filter"] for case in load("valid"))]
    bad = [case["filter"] for case in load("invalid")]
    parsers = {
        "scim2-filter-parser": lambda text: SCIMParser().parse(SCIMLexer().tokenize(text)),
        "scim2-models": lambda text: ScimFilter(text).ast,
    }
    for library, parse in parsers.items():
        yield from ((library, "refuses", text) for text in good if not is_read(parse, text))
        yield from ((library, "accepts", text) for text in bad if is_read(parse, text))

    library, filters = "scim2-parse-filter", good + bad
    question = {"filters": filters, "resources": load("resources")}
    command = ["node", HERE / "parse_filter.mjs", scratch]
    output = subprocess.run(
        command, input=json.dumps(question, default=float), capture_output=True, text=True, check=True
    )
    for text, ids in zip(filters, json.loads(output.stdout)):
        if ids is None:
            if text not in bad:
                yield library, "refuses", text
        elif text in bad:
            yield library, "accepts", text
        elif ids != answered.get(text, ids):
            yield library, "answers", text


def main():
    listed = {
        (group["library"], group["kind"], text)
        for group in json.loads((HERE / "disagreements.json").read_text())
        for text in group["filters"]
    }
    found = set(disagreements(sys.argv[1]))
    for one in sorted(found - listed):
        print("not listed:", *one)
    for one in sorted(listed - found):
        print("no longer:", *one)
    print(f"{len(found)} disagreements, {len(listed)} listed")
    sys.exit(found != listed)


if __name__ == "__main__":
    main()
