// What npm's scim-patch needs for the work that `bench/src/patch.rs` measures, in nanoseconds.
const {scimPatch, patchBodyValidation} = require('scim-patch');

const URN = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const message = operations => ({schemas: [URN], Operations: operations});
const id = number => `${number.toString(16).padStart(8, '0')}-6090-4610-87e4-49d8ca9f808d`;
const ids = (from, count) => Array.from({length: count}, (_, at) => id(from + at));

// The median of samples of at least 20 ms each.
function measure(name, work) {
  const samples = [];
  for (let sample = 0; sample < 7; sample++) {
    const start = process.hrtime.bigint();
    let times = 0, spent = 0n;
    do {
      work();
      times++;
      spent = process.hrtime.bigint() - start;
    } while (spent < 20_000_000n);
    samples.push(Number(spent) / times);
  }
  samples.sort((left, right) => left - right);
  console.log(`${name}: ${Math.round(samples[3])} ns`);
}

// Two patches in turns, so that each changes something.
function turns(name, resource, one, other) {
  let turn = false;
  measure(name, () => {
    turn = !turn;
    resource = scimPatch(resource, turn ? one : other);
  });
}

const user = () => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName: 'bjensen',
  name: {familyName: 'Jensen', givenName: 'Barbara'},
  emails: [{value: 'b@example.com', type: 'work', primary: true}, {value: 'h@example.com', type: 'home'}],
});
for (const path of ['name.familyName', 'emails[type eq "work"].value']) {
  const replace = value => [{op: 'replace', path, value}];
  measure(`read \`${path}\``, () => patchBodyValidation(message(replace('Smith'))));
  turns(`apply \`${path}\``, user(), replace('Smith'), replace('Jones'));
}
for (const size of [100, 10_000, 100_000]) {
  // A thousand changes of more members take minutes.
  for (const count of size > 100 ? [1] : [1, 1_000]) {
    const group = {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName: 'G',
      members: ids(0, size).map(value => ({value, type: 'User'})),
    };
    const some = ids(size, count);
    const add = [{op: 'add', path: 'members', value: some.map(value => ({value}))}];
    const remove = some.map(value => ({op: 'remove', path: `members[value eq "${value}"]`}));
    turns(`±${count} of ${size} members`, group, add, remove);
  }
}
