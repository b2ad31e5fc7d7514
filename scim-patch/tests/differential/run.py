"""Holds other PATCH engines against the corpus: `python3 run.py [--write] FOLDER`.

The cases are those whose outcome does not depend on leniency, of users and groups as the RFCs
define them. FOLDER is where the engines are installed. Every disagreement has to stand in
`disagreements.json`, with the section that settles it; `--write` writes what was found, taking
the section of the case where none is listed. Fails on one that is not listed, and on one that is listed and is none.
"""

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
CORPUS = HERE.parent / "corpus"
LISTED = HERE / "disagreements.json"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
SCHEMAS = {
    "User": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
    "Group": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
}
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def install(folder):
    """The command of each engine."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "npm_engine.js", "bench.js"):
        (folder / name).write_text((HERE / name).read_text())
    quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    subprocess.run(["npm", "install", *quiet], cwd=folder, check=True, stdout=sys.stderr)
    python = folder / "venv" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    wanted = HERE / "requirements.txt"
    subprocess.run([python, "-m", "pip", "install", "-q", "-r", wanted], check=True)
    return {
        "npm scim-patch": ["node", str(folder / "npm_engine.js")],
        "PyPI scim2-models": [str(python), str(HERE / "pypi_engine.py")],
    }


def cases():
    """The cases, in the form in which the engines read them."""
    for path in sorted(CORPUS.glob("*.json")):
        corpus = json.loads(path.read_text())
        for case in corpus["cases"]:
            given = case["resource"]
            resource = corpus["resources"][given] if isinstance(given, str) else given
            patch = case["patch"]
            if isinstance(patch, list):
                patch = {"schemas": [PATCH_OP], "Operations": patch}
            text = json.dumps([resource, patch, case.get("expected")])
            beyond = ":prendio:" in text or ":peakon:" in text
            special = {"compat", "secrets", "dropped", "legacy"} & case.keys()
            if corpus["type"] in SCHEMAS and not beyond and not special:
                yield {
                    "name": f"{path.stem}: {case['comment']}",
                    "section": case["section"],
                    "type": corpus["type"],
                    "resource": {"schemas": SCHEMAS[corpus["type"]], "id": "1", **resource},
                    "message": patch,
                    "expected": case.get("expected"),
                }


def plain(value):
    """A value without what makes no difference: nulls, empty values, case of names, order."""
    if isinstance(value, dict):
        parts = {name.lower(): plain(part) for name, part in value.items()}
        none = (None, {}, [])
        return {
            name: part
            for name, part in parts.items()
            if part not in none and not (name == "primary" and part is False)
        }
    if isinstance(value, list):
        return sorted((plain(part) for part in value), key=lambda part: json.dumps(part, sort_keys=True))
    return value


def state(resource):
    """What counts of a resource: not what the server adds."""
    own = {"schemas", "id", "meta"}
    return plain({name: part for name, part in resource.items() if name not in own})


def verdict(case, answer):
    """How an answer differs from what the corpus expects; None if it does not."""
    refused = "refused" in answer
    if case["expected"] is None:
        return None if refused else "accepted"
    if refused:
        return "refused"
    expected = state({**case["resource"], **case["expected"]})
    return None if state(answer["resource"]) == expected else "another result"


def disagreements(engine, command, asked):
    lines = "".join(json.dumps(case) + "\n" for case in asked)
    ran = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(answers) == len(asked), f"{engine} gave {len(answers)} answers"
    for case, answer in zip(asked, answers):
        found = verdict(case, answer)
        if found:
            section = case["section"]
            yield {"engine": engine, "case": case["name"], "found": found, "settled_by": section}


def main():
    *options, folder = sys.argv[1:]
    asked = list(cases())
    assert len(asked) >= 200, f"{len(asked)} cases"
    found = []
    for engine, command in install(Path(folder).resolve()).items():
        own = list(disagreements(engine, command, asked))
        print(f"{engine}: {len(asked)} cases, {len(own)} disagreements")
        found += own
    listed = json.loads(LISTED.read_text())
    known = lambda one: (one["engine"], one["case"], one["found"])
    if "--write" in options:
        sections = {known(one): one["settled_by"] for one in listed}
        found = [{**one, "settled_by": sections.get(known(one), one["settled_by"])} for one in found]
        LISTED.write_text("[\n" + ",\n".join(json.dumps(one, ensure_ascii=False) for one in found) + "\n]\n")
        return
    new = {known(one) for one in found} - {known(one) for one in listed}
    gone = {known(one) for one in listed} - {known(one) for one in found}
    bare = [one for one in listed if not one["settled_by"].startswith("RFC ")]
    for what, some in (("not listed", new), ("listed, and none", gone), ("without a section", bare)):
        for one in sorted(map(str, some)):
            print(f"{what}: {one}")
    if new or gone or bare:
        sys.exit(1)


main()
