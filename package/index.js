// Serves PassiveServer with the schema that is stored beside this file. Pulumi's own host for components infers it from
// the declarations of the installed library, and has them type-checked, at every start: seconds of every preview. That the
// stored one is what it would infer is a test (test/engine/packagePlugin.test.ts).
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { provider } = require("@pulumi/pulumi");
const { PassiveServer } = require("pulumi-entra-connect");

const schema = readFileSync(join(__dirname, "schema.json"), "utf8");
const { version, resources } = JSON.parse(schema);
const type = "entra-connect:index:PassiveServer";
const outputs = Object.keys(resources[type].properties);

/** @type {import("@pulumi/pulumi").provider.Provider} */
const server = {
  version,
  getSchema: async () => schema,
  construct: async (name, asked, inputs, options) => {
    // Pulumi's own host takes a type without its module, too.
    if (asked !== type && asked !== type.replace(":index:", "::")) {
      throw new Error(`entra-connect ${version} has no resource ${asked}; it has ${type}.`);
    }
    const component = new PassiveServer(name, inputs, options);
    return { urn: component.urn, state: Object.fromEntries(outputs.map((output) => [output, component[output]])) };
  },
};

void provider.main(server, process.argv.slice(2));
