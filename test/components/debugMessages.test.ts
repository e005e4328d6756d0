import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { repositoryRoot } from "../support/repository";

/**
 * Registers a resource with the SDK's own code against an engine that only writes down what it is told; in a process of
 * its own, since the SDK's log belongs to the whole process.
 */
function told(environment: Readonly<Record<string, string>>): readonly string[] {
  const source = `
    const { withoutSdkMessages } = require(${JSON.stringify(join(repositoryRoot, "dist/components/debugMessages.js"))});
    withoutSdkMessages();
    const pulumi = require("@pulumi/pulumi");
    const messages = [];
    pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) });
    require("@pulumi/pulumi/runtime/state").getStore().settings.engine = undefined;
    require("@pulumi/pulumi/runtime/settings").getEngine = () => ({
      log: (request, done) => { messages.push(request.getMessage()); done(); },
    });
    class Made extends pulumi.CustomResource {}
    const made = new Made("test:index:Made", "made", {});
    pulumi.log.debug("of the program itself");
    pulumi.log.warn("a warning");
    made.urn.apply(() => setTimeout(() => console.log(JSON.stringify(messages)), 0));`;
  return JSON.parse(
    execFileSync(process.execPath, ["-e", source], {
      cwd: repositoryRoot,
      encoding: "utf8",
      env: { ...process.env, ...environment },
    }),
  );
}

describe("messages of the SDK about its own calls", () => {
  it("do not go to the engine, and all others do", () => {
    assert.deepEqual(told({}), ["of the program itself", "a warning"], "the SDK has messages of another form now");
  });

  it("are told where they are asked for", () => {
    const messages = told({ ENTRA_CONNECT_SDK_MESSAGES: "1" });
    assert.ok(
      messages.some((each) => each.startsWith("RegisterResource RPC finished: ")),
      messages.join("\n"),
    );
    assert.ok(messages.includes("of the program itself"));
  });
});
