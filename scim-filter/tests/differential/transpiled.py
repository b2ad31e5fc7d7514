"""The answers of PyPI's scim2-filter-parser: of the SQL that it makes, over a database of SQLite."""

import itertools
import sqlite3
from decimal import Decimal

from reference import COMMON, ENTERPRISE, USER, attribute, each, is_none, load
from scim2_filter_parser.lexer import SCIMLexer
from scim2_filter_parser.parser import SCIMParser
from scim2_filter_parser.queries.sql import SQLiteQuery


def flat(attributes, above=()):
    """Path and attribute of each, with those inside complex attributes of one value."""
    for one in attributes:
        path = (*above, one["name"])
        if one["type"] == "complex" and not one.get("multiValued"):
            yield from flat(one["subAttributes"], path)
        else:
            yield path, one


def inside(one):
    """The attributes of the elements of a list."""
    return one.get("subAttributes") or [{**one, "name": "value", "multiValued": False}]


def column(one):
    """Its type: SQLite has one for numbers, but none for dates, which stay the texts they are."""
    if one["type"] in ("integer", "decimal"):
        return "NUMERIC"
    exact = one.get("caseExact", one.get("exact", one["type"] != "string"))
    return "TEXT" if exact else "TEXT COLLATE NOCASE"


def stored(value):
    """What a column holds: the library compares booleans with these two words."""
    if is_none(value):
        return None
    if isinstance(value, bool):
        return str(value).upper()
    return float(value) if isinstance(value, Decimal) else value


class Library:
    name, left_out = "scim2-filter-parser", []

    def __init__(self):
        lists = load("attributes")
        extension = attribute(ENTERPRISE, "complex", subAttributes=lists["extension"])
        attributes = [*lists["base"], *COMMON, extension]
        self.database, self.keys = sqlite3.connect(":memory:"), itertools.count()
        self.database.row_factory = sqlite3.Row
        self.columns, self.joins = {}, []
        self.create("resource", attributes)
        self.map = self.names()
        self.resources = load("resources")
        for one in self.resources:
            self.insert("resource", attributes, one)

    def create(self, table, attributes, above=()):
        """A table of what has one value, and one joined to it for each list."""
        lists, columns = [], ["key", "owner"]
        for path, one in flat(attributes):
            name = ".".join(path)
            if one.get("multiValued"):
                lists.append((f"{table}.{name}", one, (*above, *path)))
            else:
                columns.append(f'"{name}" {column(one)}')
                self.columns[(*above, *path)] = f'"{table}"."{name}"'
        self.database.execute(f'CREATE TABLE "{table}" ({", ".join(columns)})')
        for name, one, path in lists:
            self.joins.append(f'LEFT JOIN "{name}" ON "{name}".owner = "{table}".key')
            self.create(name, inside(one), path)

    def insert(self, table, attributes, values, owner=None):
        row = [next(self.keys), owner]
        for path, one in flat(attributes):
            value = values
            for name in path:
                value = (value or {}).get(name)
            if not one.get("multiValued"):
                row.append(stored(value))
                continue
            for element in each(value):
                element = element if one["type"] == "complex" else {"value": element}
                if not is_none(element):
                    self.insert(f"{table}.{'.'.join(path)}", inside(one), element, row[0])
        self.database.execute(f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(row))})', row)

    def names(self):
        """The library's map of names, each with and without a URN, to SQL."""
        wholes, names = {}, {}
        for path, sql in self.columns.items():
            uri, path = (ENTERPRISE, path[1:]) if path[0] == ENTERPRISE else (USER, path)
            name, sub = (*path, None)[:2]
            for known in (None, uri):
                wholes.setdefault((name, None, known), []).append(sql)
                names[name, sub, known] = sql
                if path[-1] == "value":
                    names[(*path[:-1], None)[:2] + (known,)] = sql
            if uri == ENTERPRISE:
                # The library takes the last part of a URN that stands alone for a name.
                alone = uri.rpartition(":")
                wholes.setdefault((alone[2], None, alone[0]), []).append(sql)
        return {key: f"COALESCE({', '.join(sqls)}, NULL)" for key, sqls in wholes.items()} | names

    def reads(self, text):
        SCIMParser().parse(SCIMLexer().tokenize(text))
        return True

    def ids(self, text):
        query = SQLiteQuery(text, "resource", self.map, self.joins)
        found = {row["id"] for row in self.database.execute(query.sql, query.params)}
        return [one["id"] for one in self.resources if one["id"] in found]
