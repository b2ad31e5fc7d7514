"""Cases from standard input, one JSON object a line; what PyPI's scim2-models makes of each."""

import json
import sys

from scim2_models import Context, EnterpriseUser, Group, PatchOp, User

TYPES = {"User": User[EnterpriseUser], "Group": Group}


def answer(case):
    model = TYPES[case["type"]]
    try:
        resource = model.model_validate(case["resource"])
        patch = PatchOp[model].model_validate(
            case["message"], scim_ctx=Context.RESOURCE_PATCH_REQUEST
        )
        patch.patch(resource)
    except Exception:  # whatever it is, the patch is not done
        return {"refused": True}
    return {"resource": json.loads(resource.model_dump_json())}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))))
