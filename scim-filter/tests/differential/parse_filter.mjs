// What scim2-parse-filter makes of filters: reads {filters, resources} from its input, writes for
// each filter {reads, ids}: whether it parses, and the resources it matches unless that fails.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(`${process.argv[2]}/`);
const { parse, filter } = require("scim2-parse-filter");
const { filters, resources } = JSON.parse(readFileSync(0, "utf8"));

function answer(text) {
    let reads = false;
    try {
        const matches = filter(parse(text));
        reads = true;
        return { reads, ids: resources.filter(matches).map((resource) => resource.id) };
    } catch {
        return { reads };
    }
}

process.stdout.write(JSON.stringify(filters.map(answer)));
