// What scim2-parse-filter makes of filters: reads {filters, resources} from its input, writes for
// each filter the ids of the resources it matches, or null if it does not parse.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(`${process.argv[2]}/`);
const { parse, filter } = require("scim2-parse-filter");
const { filters, resources } = JSON.parse(readFileSync(0, "utf8"));

function ids(text) {
    let matches;
    try {
        matches = filter(parse(text));
    } catch {
        return null;
    }
    try {
        return resources.filter(matches).map((resource) => resource.id);
    } catch {
        return ["(fails)"];
    }
}

process.stdout.write(JSON.stringify(filters.map(ids)));
