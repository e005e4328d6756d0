import assert from "node:assert/strict";
import { failureOf, Plugin } from "./support/plugin";
import { archive, asset, type Json, outputValue, type Properties, secretValue, unknownValue } from "./support/values";

const defaults = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };
const host = { host: "h" };
const decoding = (at: string, ...reasons: string[]): string =>
  `An error occurred decoding '${at}': ${reasons.length} failures decoding:${reasons.map((r) => `\n\t${r}`).join("")}`;
const noObject = (type: string): string =>
  `Cannot decode Object{} to type ${type}; it isn't a struct, and no custom decoder exists`;
const filledAsset = (fields: Properties): Properties => asset({ hash: "", path: "", text: "", uri: "", ...fields });
const filledArchive = (fields: Properties): Properties =>
  archive({ assets: {}, hash: "", path: "", uri: "", ...fields });

describe("Check of a command", () => {
  let plugin: Plugin;
  before(async () => {
    plugin = await Plugin.start();
  });
  after(() => plugin.stop());

  const accepted: [what: string, sent: Properties, answered: Properties][] = [
    [
      "fills in the four defaults of a connection",
      { connection: host },
      { connection: secretValue({ ...defaults, ...host }) },
    ],
    [
      "fills them in inside a given proxy too",
      { connection: { ...host, proxy: { host: "p", password: "x" } } },
      {
        connection: secretValue({
          ...defaults,
          ...host,
          proxy: { ...defaults, host: "p", password: secretValue("x") },
        }),
      },
    ],
    [
      "marks password, private key and its password secret",
      { connection: { ...host, password: "a", privateKey: "b", privateKeyPassword: "c", hostKey: "d" } },
      {
        connection: secretValue({
          ...defaults,
          ...host,
          password: secretValue("a"),
          privateKey: secretValue("b"),
          privateKeyPassword: secretValue("c"),
          hostKey: "d",
        }),
      },
    ],
    [
      "keeps zero, negative and empty values, and a port with a fraction",
      { connection: { user: "", host: "", port: 22.5, dialErrorLimit: -1, perDialTimeout: 0 }, create: "", stdin: "" },
      {
        connection: secretValue({ user: "", host: "", port: 22.5, dialErrorLimit: -1, perDialTimeout: 0 }),
        create: "",
        stdin: "",
      },
    ],
    [
      "cuts the fraction off a dial error limit",
      { connection: { ...host, dialErrorLimit: 1.5 } },
      { connection: secretValue({ ...defaults, ...host, dialErrorLimit: 1 }) },
    ],
    [
      "keeps an empty environment and empty triggers",
      { connection: host, environment: {}, triggers: [] },
      { connection: secretValue({ ...defaults, ...host }), environment: {}, triggers: [] },
    ],
    [
      "drops nulls except inside triggers",
      { connection: { ...host, user: null }, create: null, triggers: [null, { a: null, b: 1 }] },
      { connection: secretValue({ ...defaults, ...host }), triggers: [null, { b: 1 }] },
    ],
    [
      "keeps secrets where they were sent, element-wise too",
      {
        connection: secretValue(host),
        create: secretValue("c"),
        stdin: secretValue("s"),
        environment: { A: secretValue("1"), B: "2" },
        triggers: [secretValue(1), { deep: secretValue("x") }],
      },
      {
        connection: secretValue({ ...defaults, ...host }),
        create: secretValue("c"),
        stdin: secretValue("s"),
        environment: { A: secretValue("1"), B: "2" },
        triggers: [secretValue(1), { deep: secretValue("x") }],
      },
    ],
    [
      "lets any logging through",
      { connection: host, logging: "verbose" },
      { connection: secretValue({ ...defaults, ...host }), logging: "verbose" },
    ],
    [
      "keeps unknowns where they are",
      {
        connection: { ...host, user: unknownValue, port: unknownValue, proxy: unknownValue },
        create: unknownValue,
        environment: { A: unknownValue },
        triggers: [1, unknownValue],
        addPreviousOutputInEnv: unknownValue,
      },
      {
        connection: secretValue({ ...defaults, ...host, user: unknownValue, port: unknownValue, proxy: unknownValue }),
        create: unknownValue,
        environment: { A: unknownValue },
        triggers: [1, unknownValue],
        addPreviousOutputInEnv: unknownValue,
      },
    ],
    [
      "answers an unknown connection with a secret output value without value",
      { connection: unknownValue, triggers: unknownValue },
      { connection: outputValue({ secret: true }), triggers: unknownValue },
    ],
    [
      "turns a secret around an unknown into a known empty secret, as the genuine plugin does",
      { connection: host, create: secretValue(unknownValue) },
      { connection: secretValue({ ...defaults, ...host }), create: secretValue("") },
    ],
    [
      "turns output values into plain or secret values",
      {
        connection: host,
        create: outputValue({ value: "c", dependencies: ["urn:x"] }),
        stdin: outputValue({ value: "s", secret: true, dependencies: ["urn:x"] }),
        update: outputValue({ dependencies: ["urn:x"] }),
      },
      {
        connection: secretValue({ ...defaults, ...host }),
        create: "c",
        stdin: secretValue("s"),
        update: unknownValue,
      },
    ],
  ];
  for (const [what, sent, answered] of accepted) {
    it(what, async () => {
      assert.deepEqual(await plugin.check("remote:Command", sent), { inputs: answered, failures: [] });
    });
  }

  const refused: [what: string, sent: Properties, failures: [string, string][]][] = [
    [
      "a missing connection",
      { create: "x" },
      [["connection", "Missing required field 'connection' on 'remote.CommandInputs'"]],
    ],
    ...["foo", "version", "__internal", "dir", "interpreter", "assetPaths"].map(
      (name): [string, Properties, [string, string][]] => [
        `the unknown input ${name}`,
        { connection: host, [name]: "x" },
        [[name, `Unrecognized field '${name}' on 'remote.CommandInputs'`]],
      ],
    ),
    [
      "a connection without host and with an unknown field, the missing one first",
      { connection: { foo: 1 } },
      [
        [
          "connection",
          decoding(
            "CommandInputs.connection",
            "host: Missing required field 'host' on 'remote.Connection'",
            "foo: Unrecognized field 'foo' on 'remote.Connection'",
          ),
        ],
      ],
    ],
    [
      "a proxy without host",
      { connection: { ...host, proxy: {} } },
      [
        [
          "connection",
          decoding(
            "CommandInputs.connection",
            `proxy: ${decoding("Connection.proxy", "host: Missing required field 'host' on 'remote.ProxyConnection'")}`,
          ),
        ],
      ],
    ],
    [
      "a number as command",
      { connection: host, create: 5 },
      [["create", "Field 'create' on 'remote.CommandInputs' must be a 'string'; got 'float64' instead"]],
    ],
    [
      "a text as port",
      { connection: { ...host, port: "22" } },
      [
        [
          "connection",
          decoding(
            "CommandInputs.connection",
            "port: Field 'port' on 'remote.Connection' must be a 'float64'; got 'string' instead",
          ),
        ],
      ],
    ],
    [
      "a text as switch",
      { connection: host, addPreviousOutputInEnv: "no" },
      [
        [
          "addPreviousOutputInEnv",
          "Field 'addPreviousOutputInEnv' on 'remote.CommandInputs' must be a 'bool'; got 'string' instead",
        ],
      ],
    ],
    [
      "a number as logging",
      { connection: host, logging: 1 },
      [["logging", "Field 'logging' on 'remote.CommandInputs' must be a 'remote.Logging'; got 'float64' instead"]],
    ],
    [
      "a list as environment",
      { connection: host, environment: ["A"] },
      [
        [
          "environment",
          "Field 'environment' on 'remote.CommandInputs' must be a 'map[string]string'; got '[]interface {}' instead",
        ],
      ],
    ],
    ...(
      [
        [1, "float64"],
        [true, "bool"],
      ] as const
    ).map(([value, type]): [string, Properties, [string, string][]] => [
      `a ${type} as environment value`,
      { connection: host, environment: { A: value } },
      [
        [
          "environment[A] value",
          `Field 'environment[A] value' on 'remote.CommandInputs' must be a 'string'; got '${type}' instead`,
        ],
      ],
    ]),
    [
      "an object as triggers",
      { connection: host, triggers: {} },
      [["triggers", `An error occurred decoding 'CommandInputs.triggers': ${noObject("[]interface {}")}`]],
    ],
    [
      "an object as command",
      { connection: host, create: {} },
      [["create", `An error occurred decoding 'CommandInputs.create': ${noObject("string")}`]],
    ],
  ];
  for (const [what, sent, failures] of refused) {
    it(`refuses ${what}, and answers with the inputs as sent, the connection secret`, async () => {
      const { inputs, failures: found } = await plugin.check("remote:Command", sent);
      assert.deepEqual(found, failures);
      const expected = { ...sent };
      if (sent.connection !== undefined) expected.connection = secretValue(sent.connection);
      assert.deepEqual(inputs, expected);
    });
  }

  it("keeps a password secret in the answer to a failure", async () => {
    const { inputs } = await plugin.check("remote:Command", { connection: { password: "p" } });
    assert.deepEqual(inputs, { connection: secretValue({ password: secretValue("p") }) });
  });

  it("does not know other resource types", async () => {
    assert.deepEqual(await failureOf(plugin.check("remote:Nothing", {})), {
      code: 5,
      details: "Resource 'remote:Nothing' not found",
    });
  });

  it("takes local commands by their own rules", async () => {
    const inputs = { create: "x", interpreter: ["sh"], dir: "/", assetPaths: ["*"] };
    assert.deepEqual(await plugin.check("local:Command", inputs), { inputs, failures: [] });
    const refusal = (await plugin.check("local:Command", { connection: host })).failures;
    assert.deepEqual(refusal, [["connection", "Unrecognized field 'connection' on 'local.CommandInputs'"]]);
  });
});

describe("Check of a copy", () => {
  let plugin: Plugin;
  before(async () => {
    plugin = await Plugin.start();
  });
  after(() => plugin.stop());
  const connection = secretValue({ ...defaults, ...host });
  const either = ["asset", "either asset or archive must be set"];

  const sources: [what: string, source: Json | undefined, answered: Json, failures: string[][]][] = [
    ["a text asset", asset({ text: "t" }), filledAsset({ text: "t" }), []],
    ["an empty text asset", asset({}), filledAsset({}), []],
    ["a text asset with hash", asset({ text: "t", hash: "abc" }), filledAsset({ text: "t", hash: "abc" }), []],
    ["a file asset, even of a missing file", asset({ path: "/nowhere/f" }), filledAsset({ path: "/nowhere/f" }), []],
    [
      "an archive by path",
      archive({ path: "/nowhere/d", hash: "h" }),
      filledArchive({ path: "/nowhere/d", hash: "h" }),
      [],
    ],
    ["a secret asset", secretValue(asset({ text: "t" })), secretValue(filledAsset({ text: "t" })), []],
    [
      "a remote asset (refused)",
      asset({ uri: "https://x" }),
      filledAsset({ uri: "https://x" }),
      [["asset", "asset must be a path-based file asset or a text asset"]],
    ],
    [
      "a remote archive (refused)",
      archive({ uri: "https://x" }),
      filledArchive({ uri: "https://x" }),
      [["archive", "archive must be a path to a file or directory"]],
    ],
    ["a string (refused)", "text", {}, [either]],
    ["an unknown (refused)", unknownValue, unknownValue, [either]],
  ];
  for (const [what, source, answered, failures] of sources) {
    it(`answers ${what} with every field`, async () => {
      const sent: Properties = { connection: host, remotePath: "/r" };
      if (source !== undefined) sent.source = source;
      assert.deepEqual(await plugin.check("remote:CopyToRemote", sent), {
        inputs: { connection, remotePath: "/r", source: answered },
        failures,
      });
    });
  }

  it("names a missing source twice and fills in what is missing", async () => {
    assert.deepEqual(await plugin.check("remote:CopyToRemote", { connection: host }), {
      inputs: { connection: secretValue(host), source: {}, remotePath: "" },
      failures: [
        ["source", "Missing required field 'source' on 'remote.CopyToRemoteInputs'"],
        ["remotePath", "Missing required field 'remotePath' on 'remote.CopyToRemoteInputs'"],
        either,
      ],
    });
  });

  it("lets an empty remote path pass", async () => {
    const { failures } = await plugin.check("remote:CopyToRemote", {
      connection: host,
      source: asset({ text: "t" }),
      remotePath: "",
    });
    assert.deepEqual(failures, []);
  });
});
