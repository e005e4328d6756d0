import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { credentials } from "@grpc/grpc-js";
import { PluginAttach, type PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { startCommandProvider } from "../../../rehearsal/command/provider";
import { CouldNotRun } from "../../../review/verdict";
import { repositoryRoot } from "../../support/repository";
import { failureOf, Plugin, urnOf } from "./support/plugin";
import { type Properties, secretValue } from "./support/values";

describe("The plugin's gRPC surface", () => {
  let plugin: Plugin;
  before(async () => {
    plugin = await Plugin.start();
  });
  after(() => plugin.stop());

  it("has no Handshake and no DiffConfig", async () => {
    const handshake = plugin.unary<unknown>((done) =>
      plugin.client.handshake(new messages.ProviderHandshakeRequest(), done),
    );
    assert.deepEqual(await failureOf(handshake), { code: 12, details: "method Handshake not implemented" });
    const diffConfig = plugin.unary<unknown>((done) => plugin.client.diffConfig(new messages.DiffRequest(), done));
    assert.deepEqual(await failureOf(diffConfig), { code: 12, details: "DiffConfig is not implemented" });
  });

  it("says its version", async () => {
    const info = await plugin.unary<PluginInfo>((done) => plugin.client.getPluginInfo(new Empty(), done));
    assert.equal(info.getVersion(), "1.2.1");
  });

  it("takes every configuration, reads JSON in it, and adds the framework's version", async () => {
    const request = new messages.CheckRequest().setNews(
      Struct.fromJavaScript({ version: "1.2.1", strange: "text", number: "1", object: '{"a":[true]}' }),
    );
    const answer = await plugin.unary<messages.CheckResponse>((done) => plugin.client.checkConfig(request, done));
    assert.deepEqual(answer.getInputs()?.toJavaScript(), {
      version: "1.2.1",
      strange: "text",
      number: 1,
      object: { a: [true] },
      "__pulumi-go-provider-version": "1.2.0",
    });
    assert.deepEqual(answer.getFailuresList(), []);
  });

  it("accepts secrets, previews, resources and output values", async () => {
    assert.deepEqual(await plugin.configure(), {
      acceptsecrets: true,
      supportspreview: true,
      acceptresources: true,
      acceptoutputs: true,
      supportsAutonamingConfiguration: false,
    });
  });

  const read: Properties[] = [{ create: secretValue("x"), extra: [1, { a: "b" }] }, {}];
  for (const properties of read) {
    it(`reads back what it was sent: ${JSON.stringify(properties)}`, async () => {
      const request = new messages.ReadRequest()
        .setId("id")
        .setUrn(urnOf("remote:Command"))
        .setProperties(Struct.fromJavaScript(properties))
        .setInputs(Struct.fromJavaScript({}));
      const answer = await plugin.unary<messages.ReadResponse>((done) => plugin.client.read(request, done));
      assert.equal(answer.getId(), "id");
      assert.deepEqual(answer.getProperties()?.toJavaScript(), properties);
      assert.deepEqual(answer.getInputs()?.toJavaScript(), {});
    });
  }

  it("gives a schema with every resource", async () => {
    const answer = await plugin.unary<messages.GetSchemaResponse>((done) =>
      plugin.client.getSchema(new messages.GetSchemaRequest(), done),
    );
    assert.deepEqual(Object.keys(JSON.parse(answer.getSchema()).resources).sort(), [
      "command:local:Command",
      "command:remote:Command",
      "command:remote:CopyFile",
      "command:remote:CopyToRemote",
    ]);
  });

  it("runs nothing on this machine: local commands and functions are refused, previews are not", async () => {
    const refusal = /^refused to run .* on this machine: in a rehearsal nothing runs outside the simulated servers/;
    const inputs = { create: "touch x", delete: "touch y" };
    const state = { ...inputs, stdout: "", stderr: "" };
    assert.match((await failureOf(plugin.create("local:Command", inputs))).details, refusal);
    assert.match((await failureOf(plugin.update("local:Command", state, inputs))).details, refusal);
    assert.match((await failureOf(plugin.delete("local:Command", state))).details, refusal);
    const run = new messages.InvokeRequest()
      .setTok("command:local:run")
      .setArgs(Struct.fromJavaScript({ command: "x" }));
    const invoked = plugin.unary<unknown>((done) => plugin.client.invoke(run, done));
    assert.match((await failureOf(invoked)).details, refusal);
    await plugin.create("local:Command", inputs, { preview: true });
    await plugin.delete("local:Command", { create: "x", stdout: "", stderr: "" });
  });

  it("keeps a name with colons in the id", async () => {
    const { id } = await plugin.create("local:Command", {}, { preview: true, name: "a::b" });
    assert.match(id, /^a::b[0-9a-f]{8}$/);
  });

  it("says when its port is taken", async () => {
    const first = await startCommandProvider();
    await assert.rejects(startCommandProvider({ port: first.port }), (error) => error instanceof CouldNotRun);
    await first.stop();
  });
});

describe("The plugin as a process of its own", () => {
  it("prints its port, serves, takes Attach, and ends when told", async () => {
    const main = join(repositoryRoot, "dist", "rehearsal", "command", "main.js");
    const child = spawn(process.execPath, [main], { stdio: ["ignore", "pipe", "inherit"] });
    const [port] = await once(createInterface({ input: child.stdout }), "line");
    assert.match(String(port), /^\d+$/);
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
    await new Promise<void>((resolve, reject) => {
      client.attach(new PluginAttach().setAddress("127.0.0.1:1"), (error) => (error ? reject(error) : resolve()));
    });
    client.close();
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "exit"), [0, null]);
  });
});
