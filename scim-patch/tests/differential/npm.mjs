// What npm's scim-patch makes of cases: JSON lines in, JSON lines out.
import { readFileSync } from "node:fs";
import scim from "scim-patch";

for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const { resource, message } = JSON.parse(line);
  let outcome;
  try {
    scim.patchBodyValidation(message);
    const options = { mutateDocument: false, treatMissingAsAdd: false };
    outcome = { resource: scim.scimPatch(resource, message.Operations, options) };
  } catch (error) {
    outcome = { error: error.scimCode ?? "" };
  }
  console.log(JSON.stringify(outcome));
}
