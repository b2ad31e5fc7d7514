"""What PyPI's scim2-models makes of cases: JSON lines in, JSON lines out."""

import json
import sys

from pydantic import ValidationError
from scim2_models import Context, EnterpriseUser, Group, PatchOp, User
from scim2_models.exceptions import SCIMException

MODELS = {"User": User[EnterpriseUser], "Group": Group}


def keyword(error):
    if isinstance(error, SCIMException):
        return getattr(error, "scim_type", None) or ""
    for problem in error.errors():
        inner = problem.get("ctx", {}).get("error")
        found = getattr(inner, "scim_type", None) or problem["type"].removeprefix("scim_")
        if found:
            return found
    return ""


def outcome(case):
    model = MODELS[case["type"]]
    resource = model.model_validate(case["resource"])
    try:
        patch = PatchOp[model].model_validate(
            case["message"], scim_ctx=Context.RESOURCE_PATCH_REQUEST
        )
        patch.patch(resource)
    except (SCIMException, ValidationError) as error:
        return {"error": keyword(error)}
    return {"resource": resource.model_dump(mode="json")}


for line in sys.stdin:
    try:
        print(json.dumps(outcome(json.loads(line))))
    except Exception as error:  # a bug of the other side is an outcome too
        print(json.dumps({"error": f"crash: {type(error).__name__}"}))
