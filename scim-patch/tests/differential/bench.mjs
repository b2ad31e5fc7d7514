// What npm's scim-patch takes for the work that `bench/src/patch.rs` measures: nanoseconds of
// processor time for one message. Run it where `compare.py` has put the package: WORK/npm.
import scim from "scim-patch";

const id = (number) => `${number.toString(16).padStart(8, "0")}-6090-4610-87e4-49d8ca9f808d`;
const message = (Operations) => ({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  Operations,
});
const replace = (path, value) => message([{ op: "replace", path, value }]);

function measure(what, resource, messages) {
  let turn = 0;
  const once = () => {
    const { Operations } = messages[(turn = 1 - turn)];
    resource = scim.scimPatch(resource, Operations, { mutateDocument: true });
  };
  let best = Infinity;
  for (let round = 0, times = 2; round < 12; round++) {
    const start = process.cpuUsage();
    for (let at = 0; at < times; at++) once();
    const { user, system } = process.cpuUsage(start);
    const taken = (user + system) * 1000;
    if (taken < 2e7 && times < 1e6) {
      times *= 4;
      round--;
    } else {
      best = Math.min(best, taken / times);
    }
  }
  console.log(`${what}: ${Math.round(best)} ns`);
}

const user = () => ({
  userName: "bjensen",
  name: { familyName: "Jensen", givenName: "Barbara" },
  emails: [
    { value: "bjensen@example.com", type: "work", primary: true },
    { value: "babs@jensen.org", type: "home" },
  ],
});
const familyName = ["Smith", "Jones"].map((value) => replace("name.familyName", value));
measure("apply `name.familyName`", user(), familyName);
const work = 'emails[type eq "work"].value';
measure(`apply \`${work}\``, user(), [replace(work, "s@example.com"), replace(work, "j@example.com")]);

for (const size of [100, 10_000, 100_000]) {
  const group = () => ({
    displayName: "G",
    members: Array.from({ length: size }, (_, at) => ({ value: id(at), type: "User" })),
  });
  const changes = (count) => {
    const ids = Array.from({ length: count }, (_, at) => id(size + at));
    const added = ids.map((value) => ({ value }));
    return [
      message(ids.map((one) => ({ op: "remove", path: `members[value eq "${one}"]` }))),
      message([{ op: "add", path: "members", value: added }]),
    ];
  };
  measure(`±1 of ${size} members`, group(), changes(1));
  if (size === 100) measure(`±1,000 of ${size} members`, group(), changes(1_000));
}
