"""The answers of PyPI's scim2-models, over a model that it makes of the corpus's attributes."""

from reference import ENTERPRISE, USER, load
from scim2_models import Extension, Resource, Schema
from scim2_models.path import ScimFilter

GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"


def model(kind, urn, attributes):
    return kind.from_schema(Schema(id=urn, name=urn.rpartition(":")[2], attributes=attributes))


class Library:
    name = "scim2-models"

    def __init__(self):
        lists = load("attributes")
        extension = model(Extension, ENTERPRISE, lists["extension"])
        user, group = (model(Resource, urn, lists["base"])[extension] for urn in (USER, GROUP))
        self.filter, self.held, self.left_out = ScimFilter[user | group], [], []
        for one in load("resources"):
            try:
                known = group if GROUP in one["schemas"] else user
                self.held.append(known.model_validate(one))
            except ValueError:
                self.left_out.append(one["id"])

    def reads(self, text):
        ScimFilter(text)
        return True

    def ids(self, text):
        asked = self.filter(text)
        return [one.id for one in self.held if asked.match(one)]
