import assert from "node:assert/strict";
import { status } from "@grpc/grpc-js";
import type { AzureMethod } from "../../../rehearsal/world/contract";
import { runFailureOf } from "../../../review/recovery/runFailures";
import { eventually } from "../../support/eventually";
import { Landscape } from "./landscape";
import { cancel, partialFailureOf, Resource, type Simulated, simulatedAzure } from "./simulatedAzure";

const groups = "Microsoft.Resources/resourceGroups";
const token = "azure-native:resources:ResourceGroup";
const inputs = { resourceGroupName: "rg", location: "westeurope" };

const commands = { up: "UP", recover: "RECOVER", cancel: "CANCEL", refresh: "REFRESH" };

const until = (condition: () => boolean) => eventually("the call that the fault is for", condition);

describe("simulated Azure: faults", () => {
  let azure: Simulated;
  let group: Resource;
  beforeEach(async () => {
    azure = await simulatedAzure();
    group = new Resource(azure, token, "rg");
  });
  afterEach(() => azure.stop());
  const exists = () => azure.provider.view.resources().length === 1;
  const results = (method: string) =>
    azure.calls.filter(({ action }) => action.startsWith(method)).map(({ result }) => result);

  it("fail: an error, and nothing was done", async () => {
    azure.faults.push({ method: "PUT", type: groups, effect: "fail" });
    await assert.rejects(group.create(inputs), /Status=400 Code="RehearsedFailure"/);
    assert.equal(exists(), false);
    await group.create(inputs);
  });

  it("throttle: tried again after 20 simulated seconds, and recorded", async () => {
    azure.faults.push({ method: "PUT", type: groups, effect: "throttle" });
    await group.create(inputs);
    assert.deepEqual(results("PUT"), ["429 TooManyRequests", "201"]);
    assert.ok(azure.clock.slept >= 20);
  });

  it("throttle without end: given up after three more tries", async () => {
    for (let n = 0; n < 9; n += 1) azure.faults.push({ method: "PUT", type: groups, effect: "throttle" });
    await assert.rejects(group.create(inputs), /Status=429/);
    assert.deepEqual(results("PUT").length, 4);
    assert.equal(azure.clock.slept, 200);
  });

  for (const seconds of [1, 7, 120])
    it(`throttle(${seconds}): azure-native's client waits as long as Azure says, and no longer`, async () => {
      azure.faults.push({ method: "PUT", type: groups, effect: `throttle(${seconds})` });
      const before = azure.clock.slept;
      await group.create(inputs);
      assert.equal(azure.clock.slept - before, seconds + 2);
    });

  for (const [effect, answer] of [
    ["throttle(429:30)", "429 TooManyRequests"],
    ["throttle(503:30)", "503 ServiceUnavailable"],
  ] as const)
    it(`${effect}: the status is the named one, and Azure's word on when to ask again counts with it too`, async () => {
      azure.faults.push({ method: "PUT", type: groups, effect });
      const before = azure.clock.slept;
      await group.create(inputs);
      assert.deepEqual(results("PUT"), [answer, "201"]);
      assert.equal(azure.clock.slept - before, 30 + 2);
    });

  it("throttle(503:121): not tried again, and a run says what to do", async () => {
    azure.faults.push({ method: "PUT", type: groups, effect: "throttle(503:121)" });
    const error = await group.create(inputs).then(
      () => assert.fail("it should be refused"),
      ({ message }: Error) => message,
    );
    assert.match(error, /Status=503 Code="ServiceUnavailable"/);
    assert.equal(azure.clock.slept, 0);
    assert.equal(runFailureOf(error, commands)?.next, "Wait some minutes, UP");
  });

  describe("a namespace that the subscription never used", () => {
    const register = "Microsoft.Resources/register";
    const unregistered = (method: AzureMethod = "PUT") => {
      azure.faults.push({ method, type: groups, effect: "fail(MissingSubscriptionRegistration)" });
    };
    const said = (): Promise<string> =>
      group.create(inputs).then(
        () => assert.fail("it should be refused"),
        ({ message }: Error) => message,
      );

    for (const method of ["GET", "PUT"] as const)
      it(`is registered by azure-native's client, which then goes on (${method})`, async () => {
        unregistered(method);
        const before = azure.clock.slept;
        await group.create(inputs);
        assert.equal(exists(), true);
        assert.equal(results(method)[0], "409 MissingSubscriptionRegistration");
        assert.deepEqual(results("POST"), ["200"]);
        assert.equal(azure.calls.find(({ action }) => action.startsWith("POST"))?.action.split(" ")[1], register);
        assert.equal(azure.clock.slept - before, 15 + 2);
      });

    it("where that does not help, three times and not a fourth", async () => {
      for (let n = 0; n < 9; n += 1) unregistered();
      const message = await said();
      assert.match(message, /exceeded attempts to register Microsoft\.Resources$/);
      assert.deepEqual(results("PUT"), Array(3).fill("409 MissingSubscriptionRegistration"));
      assert.equal(results("POST").length, 3);
      assert.match(
        runFailureOf(message, commands)?.next ?? "",
        /az provider register --namespace NAMESPACE --wait.* UP$/,
      );
    });

    it("where whoever deploys may not register it: the refusal is of that, and a run says who has to do what", async () => {
      unregistered();
      azure.faults.push({ method: "POST", type: register, effect: "fail(AuthorizationFailed)" });
      const message = await said();
      assert.match(
        message,
        /POST https:\/\/management\.azure\.com\/subscriptions\/[^/]+\/providers\/Microsoft\.Resources\/register\n/,
      );
      assert.match(message, /\nRESPONSE 403: 403 Forbidden\nERROR CODE: AuthorizationFailed\n/);
      assert.match(
        message,
        /perform action 'Microsoft\.Resources\/register\/action' over scope '\/subscriptions\/[^/']+'/,
      );
      assert.equal(exists(), false);
      assert.match(
        runFailureOf(message, commands)?.next ?? "",
        /az provider register --namespace NAMESPACE --wait.* UP$/,
      );
    });

    it("is no matter of the other conflicts", async () => {
      azure.faults.push({ method: "PUT", type: groups, effect: "fail(409:Conflict)" });
      await assert.rejects(group.create(inputs), /Status=409 Code="Conflict"/);
      assert.deepEqual(results("POST"), []);
    });
  });

  it("throttle with more than two minutes: azure-native's client does not try again", async () => {
    azure.faults.push({ method: "PUT", type: groups, effect: "throttle(121)" });
    await assert.rejects(group.create(inputs), /Status=429 Code="TooManyRequests"/);
    assert.deepEqual(results("PUT"), ["429 TooManyRequests"]);
    assert.equal(azure.clock.slept, 0);
  });

  it("fail with a code: refused in Azure's own words, and a status that azcore tries again is tried again", async () => {
    azure.faults.push({ method: "PUT", type: groups, effect: "fail(AuthorizationFailed)" });
    await assert.rejects(
      group.create(inputs),
      /^Error: 2 UNKNOWN: Status=403 Code="AuthorizationFailed" Message="The client '[^']+' with object id '[^']+' does not have authorization to perform action 'Microsoft.Resources\/resourceGroups\/write' over scope '\/subscriptions\/[^']+\/resourceGroups\/rg' /,
    );
    assert.equal(exists(), false);
    azure.faults.push({ method: "PUT", type: groups, effect: "fail(501:NotImplemented)" });
    await assert.rejects(group.create(inputs), /Status=501 Code="NotImplemented"/);
    azure.faults.push({ method: "PUT", type: groups, effect: "fail(503:ServerBusy)" });
    await group.create(inputs);
    assert.deepEqual(results("PUT"), ["403 AuthorizationFailed", "501 NotImplemented", "503 ServerBusy", "201"]);
  });

  it("fail at the look before a create: azure-native says that it cannot check", async () => {
    azure.faults.push({ method: "GET", type: groups, effect: "fail(AuthorizationFailed)" });
    await assert.rejects(
      group.create(inputs),
      /cannot check existence of resource '[^']+': status code 403, \{"error":\{"code":"AuthorizationFailed","message":"The client .* perform action 'Microsoft.Resources\/resourceGroups\/read'/,
    );
  });

  it("fail at the look after a write: the answer to the write stands", async () => {
    azure.faults.push({ method: "GET", type: groups, effect: "fail", visit: 2 });
    await group.create(inputs);
    assert.equal(group.outputs.name, "rg");
    assert.deepEqual(results("GET"), ["404 ResourceGroupNotFound", "400 RehearsedFailure"]);
  });

  for (const method of ["GET", "PUT"] as const)
    it(`dropped (${method}): the client sends it again, and nobody hears of it`, async () => {
      azure.faults.push({ method, type: groups, effect: "dropped" });
      await group.create(inputs);
      assert.equal(group.outputs.location, "westeurope");
      assert.equal(results(method).length, method === "GET" ? 3 : 2);
      assert.ok(
        results(method)[0]?.endsWith(method === "GET" ? "404 ResourceGroupNotFound, answer lost" : "201, answer lost"),
      );
      assert.ok(azure.clock.slept >= 20);
    });

  it("dropped while deleting: the second waits until it is gone, which is a success", async () => {
    await group.create(inputs);
    azure.faults.push({ method: "DELETE", type: groups, effect: "dropped" });
    await group.delete();
    assert.equal(exists(), false);
    assert.deepEqual(results("DELETE"), ["202, answer lost", "200"]);
  });

  it("dropped without end: given up, as with a broken line", async () => {
    for (let n = 0; n < 9; n += 1) azure.faults.push({ method: "PUT", type: groups, effect: "dropped" });
    await assert.rejects(group.create(inputs), /connection reset by peer/);
    assert.equal(results("PUT").length, 4);
  });

  it("kill-before: the engine is killed, no answer ever comes, and nothing was done", async () => {
    azure.faults.push({ method: "PUT", type: groups, effect: "kill-before" });
    const waiting = group.create(inputs);
    const ended = waiting.catch(() => {});
    await until(() => azure.engineKilled);
    await cancel(azure);
    await ended;
    assert.equal(exists(), false);
    assert.deepEqual(results("PUT"), ["engine killed before it arrived"]);
  });

  it("lost: the work is done, the caller sees a broken connection, and a second create says how to go on", async () => {
    azure.faults.push({ method: "PUT", type: groups, effect: "lost" });
    await assert.rejects(group.create(inputs), { code: status.UNAVAILABLE });
    assert.equal(exists(), true);
    assert.deepEqual(results("PUT"), ["201, answer lost"]);
    await assert.rejects(group.create(inputs), /cannot create already existing resource '[^']+'$/);
  });

  it("lost and kill at the look before a create: the answer that it is not there is lost as well", async () => {
    azure.faults.push({ method: "GET", type: groups, effect: "lost" });
    await assert.rejects(group.create(inputs), { code: status.UNAVAILABLE });
    azure.faults.push({ method: "GET", type: groups, effect: "kill" });
    const ended = group.create(inputs).catch(() => {});
    await until(() => azure.engineKilled);
    await cancel(azure);
    await ended;
    assert.deepEqual(results("GET"), Array(2).fill("404 ResourceGroupNotFound, answer lost"));
  });

  it("kill: the work is done, the engine is killed, and no answer ever comes", async () => {
    azure.faults.push({ method: "PUT", type: groups, effect: "kill" });
    const waiting = group.create(inputs);
    let answered = false;
    const ended = waiting
      .catch(() => {})
      .finally(() => {
        answered = true;
      });
    await until(() => azure.engineKilled);
    assert.equal(exists(), true);
    assert.equal(answered, false);
    await cancel(azure);
    await ended;
  });

  it("hang: no answer until the engine cancels", async () => {
    azure.faults.push({ method: "PUT", type: groups, effect: "hang" });
    const waiting = group.create(inputs);
    waiting.catch(() => {});
    await until(() => results("PUT").includes("no answer"));
    await cancel(azure);
    await assert.rejects(waiting, { code: status.UNAVAILABLE });
    assert.equal(exists(), false);
    await new Resource(azure, token, "rg").create(inputs);
  });

  it("a cancelled long operation leaves the resource in the state, to be updated next time", async () => {
    const landscape = new Landscape(azure);
    await landscape.resourceGroup();
    const { subnet } = await landscape.network();
    const nic = await landscape.nic("nic", subnet.id);
    const sleep = azure.clock.sleep.bind(azure.clock);
    azure.clock.sleep = async (seconds, signal) => {
      if (seconds === 90) await cancel(azure);
      return sleep(seconds, signal);
    };
    const failed = await landscape.machine("vm", nic.id).then(
      () => assert.fail("it should be cancelled"),
      (error: unknown) => error,
    );
    const { id, reasons, properties } = partialFailureOf(failed);
    assert.match(reasons[0] ?? "", /context canceled/);
    assert.ok(azure.machines.has(id));
    assert.equal(properties.name, "vm");
  });
});
