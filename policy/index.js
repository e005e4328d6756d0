// The pack as Pulumi loads it: its code lies beside it in the published package, in the repository's dist/ otherwise.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const places = [join(__dirname, "..", "dist", "policy", "pack.js"), join(__dirname, "dist", "policy", "pack.js")];
const pack = places.find((place) => existsSync(place));
if (pack === undefined) throw new Error("the policy pack is not compiled: run `npm run compile` in the repository");
// @pulumi/policy reads the version from the package.json of the working folder.
process.chdir(__dirname);
require(pack);
