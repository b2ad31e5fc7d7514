"""The expected answers of the corpus, worked out a second time.

A filter evaluator written from RFC 7643 and RFC 7644 alone, in another language than the crate's
and as plainly as can be: no keys, no limits, no SQL. Run it with Python 3 and nothing else; it
fails if it comes to another answer than the corpus in any case.
"""

import json
import re
import sys
import unicodedata
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

CORPUS = Path(__file__).resolve().parents[2] / "src/testing/corpus"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
OPERATORS = ("eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le")


def load(name):
    return json.loads((CORPUS / f"{name}.json").read_text(), parse_float=Decimal)


# The grammar (RFC 7644 §3.4.2.2)

TOKEN = re.compile(
    r"""[ \t]* (?: (?P<sign>[()\[\]]) | (?P<string>"(?:[^"\\\x00-\x1f]|\\.)*") | (?P<word>[^ \t"()\[\]\\']+) )""",
    re.X,
)
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?\Z")


class Parser:
    def __init__(self, text):
        self.tokens = []
        text, at = text.strip(" \t"), 0
        while at < len(text):
            match = TOKEN.match(text, at)
            self.tokens.append((match.lastgroup, match.group(match.lastgroup)))
            at = match.end()
        self.tokens.append(("end", ""))

    def next(self):
        return self.tokens.pop(0)

    def peek(self, text):
        return self.tokens[0][0] in ("word", "sign") and self.tokens[0][1].lower() == text

    def whole(self):
        tree = self.either()
        assert self.tokens[0][0] == "end", self.tokens
        return tree

    def either(self):
        parts = [self.both()]
        while self.peek("or"):
            self.next()
            parts.append(self.both())
        return ("or", parts)

    def both(self):
        parts = [self.term()]
        while self.peek("and"):
            self.next()
            parts.append(self.term())
        return ("and", parts)

    def group(self, close):
        self.next()
        tree = self.either()
        assert self.next() == ("sign", close)
        return tree

    def term(self):
        if self.peek("("):
            return self.group(")")
        if self.peek("not") and self.tokens[1] == ("sign", "("):
            self.next()
            return ("not", self.group(")"))
        path = self.next()[1]
        if self.peek("["):
            inner = self.group("]")
            if self.tokens[0][0] == "word" and self.tokens[0][1].startswith("."):
                # A comparison behind brackets is one of the same element.
                inner = ("and", [inner, self.comparison(self.next()[1][1:])])
            return ("element", path, inner)
        return self.comparison(path)

    def comparison(self, path):
        op = self.next()[1].lower()
        if op == "pr":
            return ("pr", path)
        assert op in OPERATORS, op
        kind, text = self.next()
        if kind == "string":
            return (op, path, json.loads(text))
        if text.lower() in ("true", "false", "null"):
            return (op, path, json.loads(text.lower()), text.lower())
        if NUMBER.match(text):
            return (op, path, Decimal(text), text)
        return (op, path, text)


# What values are (RFC 7643 §2.3, §2.5; RFC 7644 §7.8)


def is_none(value):
    if isinstance(value, dict):
        return all(is_none(one) for one in value.values())
    if isinstance(value, list):
        return all(is_none(one) for one in value)
    return value is None or value == "" and isinstance(value, str)


def width(c):
    form = unicodedata.decomposition(c).split()
    if form and form[0] in ("<wide>", "<narrow>"):
        return chr(int(form[1], 16))
    return c


def fold(text):
    text = unicodedata.normalize("NFC", "".join(map(width, text)))
    return unicodedata.normalize("NFC", text.casefold())


def days(year, month, day):
    """Days since 1970-01-01 of the Gregorian calendar, before 1582 too."""
    year -= month <= 2
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


INSTANT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[-+]\d\d:\d\d)?\Z", re.ASCII
)


def instant(text):
    match = INSTANT.match(text)
    if not match:
        return None
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    zone = match.group(8) or "Z"
    offset = 0
    if zone != "Z":
        offset = (int(zone[1:3]) * 60 + int(zone[4:6])) * (-1 if zone[0] == "-" else 1)
    minutes = (days(year, month, day) * 24 + hour) * 60 + minute - offset
    return minutes * 60 + second + Fraction(match.group(7) or 0)


def comparable(value, kind, exact):
    """The value as what is compared, or None if it has another type."""
    is_number = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
    if kind in ("string", "reference") and isinstance(value, str):
        return value if exact else fold(value)
    if kind == "binary" and isinstance(value, str):
        return value.rstrip("=")
    if kind == "dateTime" and isinstance(value, str):
        return instant(value)
    if kind == "boolean" and isinstance(value, bool):
        return value
    if kind in ("integer", "decimal") and is_number:
        return Decimal(value)
    return None


def holds(op, left, right):
    return {
        "eq": lambda: left == right,
        "co": lambda: right in left,
        "sw": lambda: left.startswith(right),
        "ew": lambda: left.endswith(right),
        "gt": lambda: left > right,
        "ge": lambda: left >= right,
        "lt": lambda: left < right,
        "le": lambda: left <= right,
    }[op]()


# Evaluation


def attribute(name, kind, **more):
    return {"name": name, "type": kind, **more}


COMMON = [
    attribute("schemas", "reference", multiValued=True, exact=False),
    attribute("id", "string", caseExact=True),
    attribute("externalId", "string", caseExact=True),
    attribute(
        "meta",
        "complex",
        subAttributes=[
            attribute("resourceType", "string", caseExact=True),
            attribute("created", "dateTime"),
            attribute("lastModified", "dateTime"),
            attribute("location", "reference"),
            attribute("version", "string", caseExact=True),
        ],
    ),
]


def find(attributes, name):
    return next((one for one in attributes if one["name"].lower() == name.lower()), None)


def each(value):
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


class Evaluator:
    def __init__(self):
        lists = load("attributes")
        self.base, self.extension = lists["base"] + COMMON, lists["extension"]

    def resolve(self, path):
        """The container, the attribute and its part."""
        lower, container, known = path.lower(), None, self.base
        if lower == ENTERPRISE.lower():
            return ENTERPRISE, None, None
        for urn in (ENTERPRISE, USER):
            if lower.startswith(urn.lower()) and path[len(urn)] in ":.":
                path = path[len(urn) + 1 :]
                container, known = (ENTERPRISE, self.extension) if urn == ENTERPRISE else (None, known)
        name, _, sub = path.partition(".")
        found = find(known, name)
        if found is None:
            container, found = ENTERPRISE, find(self.extension, name)
        return container, found, find(found["subAttributes"], sub) if sub else None

    def matches(self, tree, resource):
        op = tree[0]
        if op in ("and", "or"):
            return (all if op == "and" else any)(self.matches(part, resource) for part in tree[1])
        if op == "not":
            return not self.matches(tree[1], resource)
        container, found, sub = self.resolve(tree[1])
        scope = resource.get(container, {}) if container else resource
        if found is None:
            present = not is_none(resource.get(container))
            return present if op in ("pr", "ne") else not present
        elements = [one for one in each(scope.get(found["name"])) if not is_none(one)]
        if op == "element":
            if sub is not None:
                elements = [part for one in elements for part in each(one.get(sub["name"]))]
                elements = [one for one in elements if not is_none(one)]
            return any(self.inside(tree[2], sub or found, one) for one in elements)
        return self.test(tree, found, sub, elements)

    def inside(self, tree, found, element):
        op = tree[0]
        if op in ("and", "or"):
            return (all if op == "and" else any)(self.inside(part, found, element) for part in tree[1])
        if op == "not":
            return not self.inside(tree[1], found, element)
        if found["type"] != "complex":
            assert tree[1].lower() == "value"
            return self.test(tree, found, None, [element])
        return self.test(tree, found, find(found["subAttributes"], tree[1]), [element])

    def test(self, tree, found, sub, elements):
        op = tree[0]
        if op != "pr" and tree[2] is None:
            present = self.test(("pr", tree[1]), found, sub, elements)
            return present if op == "ne" else not present
        if op == "ne":
            return not self.test(("eq", *tree[1:]), found, sub, elements)
        if sub is None and found["type"] == "complex" and op != "pr":
            sub = find(found["subAttributes"], "value")
        known = sub or found
        values = elements
        if sub is not None:
            values = [value for one in elements for value in each(one.get(sub["name"]))]
            by_default = known["name"] == "primary" and found.get("multiValued")
            if by_default and op != "pr":
                values = values + [False for one in elements if one.get("primary") is None]
        values = [value for value in values if not is_none(value)]
        if op == "pr":
            return bool(values)
        kind = known["type"]
        exact = known.get("caseExact", False) or kind == "reference" and known.get("exact", True)
        literal = tree[2]
        if kind in ("string", "reference", "binary") and len(tree) > 3:
            literal = tree[3]
        if kind == "boolean" and isinstance(literal, str):
            literal = literal.lower() == "true"
        if kind in ("integer", "decimal") and isinstance(literal, str):
            literal = Decimal(literal)
        wanted = comparable(literal, kind, exact)
        assert wanted is not None, tree
        values = [comparable(value, kind, exact) for value in values]
        return any(value is not None and holds(op, value, wanted) for value in values)


def answers(cases, resources):
    evaluator = Evaluator()
    for case in cases:
        tree = Parser(case["filter"]).whole()
        yield case, [one["id"] for one in resources if evaluator.matches(tree, one)]


def main():
    wrong = [
        f"{case['filter']}\n  corpus {case['matches']}\n  here   {found}"
        for case, found in answers(load("match"), load("resources"))
        if found != case["matches"]
    ]
    print(*wrong, f"{len(load('match'))} cases, {len(wrong)} answered otherwise", sep="\n")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
