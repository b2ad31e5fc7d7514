"""Holds the corpus against other engines, over the cases that they can express.

    compare.py WORK        WORK: a folder for what is installed
    compare.py WORK --list prints the disagreements that are not listed, as JSON

Every disagreement stands in disagreements.json, with the section that settles it. One that does
not, or that is none any more, is a failure.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
CORPUS = HERE.parent / "corpus"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BASE = "urn:ietf:params:scim:schemas:core:2.0:"


def npm(work):
    folder = work / "npm"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ["package.json", "package-lock.json", "npm.mjs"]:
        shutil.copy(HERE / name, folder)
    subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=folder, check=True)
    return ["node", str(folder / "npm.mjs")]


def models(work):
    folder = work / "models"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    install = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*install, "-r", HERE / "requirements.txt"], check=True)
    return [str(python), str(HERE / "models.py")]


def cases():
    for file in sorted(CORPUS.glob("*.json")):
        content = json.loads(file.read_text())
        for case in content["cases"]:
            resource = case["resource"]
            if isinstance(resource, str):
                resource = content["resources"][resource]
            patch = case["patch"]
            if isinstance(patch, list):
                patch = {"schemas": [PATCH_OP], "Operations": patch}
            # What is lenient, or only seen in the field, no RFC settles.
            if case["section"] == "field" or case.get("compat") == "interop":
                continue
            yield {
                "name": f"{file.stem}: {case['comment']}",
                "type": content["type"],
                "resource": {"schemas": [BASE + content["type"]], **resource},
                "message": patch,
                "ours": ours(resource, case),
                "secret": bool(case.get("secrets")),
            }


def ours(resource, case):
    if "error" in case:
        return {"error": case["error"]["scimType"]}
    changed = {**resource, **case["expected"]}
    return {"resource": changed}


def is_for_npm(case):
    """It has no schema: what is refused for types or mutability, it cannot refuse."""
    own = ["User", "Group", "Gadget"]
    needs_none = case["ours"].get("error", "noTarget") == "noTarget"
    return case["type"] in own and needs_none and not case["secret"]


def is_for_models(case):
    """It has the types of the RFCs, without the other extensions of the corpus."""
    text = json.dumps([case["resource"], case["message"]])
    known = "prendio" not in text.lower() and "peakon" not in text.lower()
    return case["type"] in ["User", "Group"] and known and not case["secret"]


def canonical(value, name=""):
    """Names in lower case, nothing empty, lists as sets, without what the server alone says."""
    if isinstance(value, dict):
        parts = {key.lower(): canonical(part, key.lower()) for key, part in value.items()}
        own = ["$ref", "display"] if name == "members" else []
        own += ["schemas", "meta"] if name == "" else []
        return {k: v for k, v in sorted(parts.items()) if v not in (None, {}, []) and k not in own}
    if isinstance(value, list):
        elements = [canonical(element, name) for element in value]
        return sorted((e for e in elements if e not in (None, {})), key=json.dumps)
    return value


def differ(case, theirs):
    if "error" in case["ours"] or "error" in theirs:
        return ("error" in case["ours"]) != ("error" in theirs)
    return canonical(case["ours"]["resource"]) != canonical(theirs["resource"])


def run(command, selected):
    lines = "".join(json.dumps(case) + "\n" for case in selected)
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main():
    work = pathlib.Path(sys.argv[1])
    listed = json.loads((HERE / "disagreements.json").read_text())
    every = list(cases())
    failures, unlisted = [], {}
    for name, command, fits in [
        ("scim-patch", npm(work), is_for_npm),
        ("scim2-models", models(work), is_for_models),
    ]:
        selected = [case for case in every if fits(case)]
        outcomes = run(command, selected)
        assert len(outcomes) == len(selected), f"{name}: {len(outcomes)} of {len(selected)}"
        known = {case for group in listed[name] for case in group["cases"]}
        found = {}
        for case, theirs in zip(selected, outcomes):
            if differ(case, theirs):
                found[case["name"]] = theirs
        unlisted[name] = {case: theirs for case, theirs in found.items() if case not in known}
        failures += [f"{name} disagrees: {case}: {found[case]}" for case in unlisted[name]]
        failures += [f"{name} agrees by now: {case}" for case in sorted(known - set(found))]
        print(f"{name}: {len(selected)} cases, {len(found)} disagreements, {len(known)} listed")
    if "--list" in sys.argv:
        print(json.dumps(unlisted, indent=1, ensure_ascii=False))
    print("\n".join(failures) if "--list" not in sys.argv else "")
    sys.exit(bool(failures))


if __name__ == "__main__":
    os.environ.setdefault("PIP_ROOT_USER_ACTION", "ignore")
    main()
