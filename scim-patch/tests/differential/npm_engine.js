// Cases from standard input, one JSON object a line; what npm's scim-patch makes of each.
const readline = require('node:readline');
const {scimPatch, patchBodyValidation} = require('scim-patch');

readline.createInterface({input: process.stdin}).on('line', line => {
  const {resource, message} = JSON.parse(line);
  let answer;
  try {
    patchBodyValidation(message);
    answer = {resource: scimPatch(resource, message.Operations, {mutateDocument: false})};
  } catch (error) {
    answer = {refused: true};
  }
  console.log(JSON.stringify(answer));
});
