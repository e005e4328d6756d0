import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { JsonObject } from "../../../rehearsal/azure/properties/json";
import { decode } from "../../../rehearsal/azure/properties/wire";
import {
  type AzureProvider,
  type AzureProviderOptions,
  startAzureProvider,
} from "../../../rehearsal/azure/startAzureProvider";
import type {
  AzureMethod,
  CallLogEntry,
  Clock,
  FaultEffect,
  MachineDescription,
  RunScriptRequest,
  RunScriptResult,
} from "../../../rehearsal/world/contract";

/** Simulated time that passes at once when somebody sleeps. */
export class ManualClock implements Clock {
  readonly scale = Number.POSITIVE_INFINITY;
  slept = 0;
  #now = Date.parse("2026-11-22T10:00:00Z");

  now(): Date {
    return new Date(this.#now);
  }
  pass(seconds: number): void {
    this.#now += seconds * 1000;
  }
  async sleep(seconds: number, signal?: AbortSignal): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    this.slept += seconds;
    this.pass(seconds);
  }
}

export interface Planned {
  method: AzureMethod;
  type: string;
  effect: FaultEffect;
  /** Which call of this kind from now on; default the first. */
  visit?: number;
}

export interface Simulated {
  readonly provider: AzureProvider;
  readonly client: ResourceProviderClient;
  readonly clock: ManualClock;
  readonly calls: CallLogEntry[];
  readonly faults: Planned[];
  readonly machines: Map<string, MachineDescription & { power: string }>;
  readonly scripts: (RunScriptRequest & { resourceId: string })[];
  scriptResult: RunScriptResult;
  engineKilled: boolean;
  readonly folder: string;
  storedText(): string;
  restart(): Promise<Simulated>;
  stop(): Promise<void>;
}

export async function simulatedAzure(
  options: Partial<AzureProviderOptions> = {},
  folder = mkdtempSync(join(tmpdir(), "azure-")),
): Promise<Simulated> {
  const clock = new ManualClock();
  const calls: CallLogEntry[] = [];
  const faults: Planned[] = [];
  const machines = new Map<string, MachineDescription & { power: string }>();
  const scripts: (RunScriptRequest & { resourceId: string })[] = [];
  const simulated = { scriptResult: { exitCode: 0, output: "", error: "" }, engineKilled: false };
  const provider = await startAzureProvider({
    world: folder,
    clock,
    calls: {
      record: (entry) => calls.push({ at: clock.now().toISOString(), ...entry }),
      entries: () => calls,
    },
    faults: {
      take: (point) => {
        if (point.room !== "azure") return undefined;
        const met = faults.filter(
          (planned) => planned.method === point.method && planned.type.toLowerCase() === point.type.toLowerCase(),
        );
        const due = met.find(({ visit = 1 }) => visit === 1);
        for (const planned of met) if (planned !== due && planned.visit !== undefined) planned.visit -= 1;
        const index = due === undefined ? -1 : faults.indexOf(due);
        return index === -1 ? undefined : faults.splice(index, 1)[0]?.effect;
      },
      killEngine: () => {
        simulated.engineKilled = true;
      },
    },
    machines: {
      create: async (machine) => void machines.set(machine.resourceId, { ...machine, power: "created" }),
      setPower: async (id, power) => {
        const machine = machines.get(id);
        if (machine) machine.power = power;
      },
      delete: async (id) => void machines.delete(id),
      runScript: async (resourceId, request) => {
        scripts.push({ resourceId, ...request });
        return simulated.scriptResult;
      },
    },
    ...options,
  });
  const client = new ResourceProviderClient(`127.0.0.1:${provider.port}`, credentials.createInsecure());
  const close = async () => {
    client.close();
    await provider.stop();
  };
  return Object.assign(simulated, {
    provider,
    client,
    clock,
    calls,
    faults,
    machines,
    scripts,
    folder,
    storedText: () => readFileSync(join(folder, "azure.json"), "utf8"),
    restart: async () => {
      await close();
      return simulatedAzure(options, folder);
    },
    stop: async () => {
      await close();
      rmSync(folder, { recursive: true, force: true });
    },
  });
}

type Call<Request, Response> = (
  request: Request,
  callback: (error: ServiceError | null, response: Response) => void,
) => unknown;

export function rpcCall<Request, Response>(call: Call<Request, Response>, request: Request): Promise<Response> {
  return new Promise((resolve, reject) =>
    call(request, (error, response) => (error ? reject(error) : resolve(response))),
  );
}

/** One resource as the engine handles it: checked inputs, then create, update, read and delete. */
export class Resource {
  inputs: JsonObject = {};
  id = "";
  outputs: JsonObject = {};
  secrets: readonly (readonly (string | number)[])[] = [];

  constructor(
    readonly azure: Simulated,
    readonly token: string,
    readonly name: string,
  ) {}

  get urn(): string {
    return `urn:pulumi:dev::test::${this.token}::${this.name}`;
  }

  async check(inputs: JsonObject): Promise<{ inputs: Struct; failures: string[] }> {
    const request = new rpc.CheckRequest()
      .setUrn(this.urn)
      .setNews(Struct.fromJavaScript(inputs))
      .setOlds(Struct.fromJavaScript(this.inputs))
      .setRandomseed(Buffer.from(`seed of ${this.name}`));
    const response = await rpcCall<rpc.CheckRequest, rpc.CheckResponse>(
      (sent, done) => this.azure.client.check(sent, done),
      request,
    );
    return {
      inputs: response.getInputs() ?? new Struct(),
      failures: response.getFailuresList().map((failure) => failure.getReason()),
    };
  }

  async create(inputs: JsonObject, preview = false): Promise<this> {
    const checked = await this.check(inputs);
    if (checked.failures.length > 0) throw new Error(checked.failures.join("; "));
    const request = new rpc.CreateRequest().setUrn(this.urn).setProperties(checked.inputs).setPreview(preview);
    const response = await rpcCall<rpc.CreateRequest, rpc.CreateResponse>(
      (sent, done) => this.azure.client.create(sent, done),
      request,
    );
    this.inputs = decode(checked.inputs).value;
    this.id = response.getId();
    this.take(response.getProperties());
    return this;
  }

  async update(inputs: JsonObject, preview = false): Promise<this> {
    const checked = await this.check(inputs);
    const request = new rpc.UpdateRequest()
      .setUrn(this.urn)
      .setId(this.id)
      .setNews(checked.inputs)
      .setOlds(Struct.fromJavaScript(this.outputs))
      .setOldInputs(Struct.fromJavaScript(this.inputs))
      .setPreview(preview);
    const response = await rpcCall<rpc.UpdateRequest, rpc.UpdateResponse>(
      (sent, done) => this.azure.client.update(sent, done),
      request,
    );
    if (!preview) this.inputs = decode(checked.inputs).value;
    this.take(response.getProperties());
    return this;
  }

  async diff(inputs: JsonObject): Promise<rpc.DiffResponse> {
    const checked = await this.check(inputs);
    const request = new rpc.DiffRequest()
      .setUrn(this.urn)
      .setId(this.id)
      .setNews(checked.inputs)
      .setOlds(Struct.fromJavaScript(this.outputs))
      .setOldInputs(Struct.fromJavaScript(this.inputs));
    return rpcCall<rpc.DiffRequest, rpc.DiffResponse>((sent, done) => this.azure.client.diff(sent, done), request);
  }

  async read(id = this.id, withState = true): Promise<rpc.ReadResponse> {
    const request = new rpc.ReadRequest().setUrn(this.urn).setId(id);
    if (withState) {
      request.setInputs(Struct.fromJavaScript(this.inputs)).setProperties(Struct.fromJavaScript(this.outputs));
    }
    return rpcCall<rpc.ReadRequest, rpc.ReadResponse>((sent, done) => this.azure.client.read(sent, done), request);
  }

  async delete(): Promise<void> {
    const request = new rpc.DeleteRequest().setUrn(this.urn).setId(this.id);
    await rpcCall<rpc.DeleteRequest, Empty>((sent, done) => this.azure.client.delete(sent, done), request);
  }

  private take(properties: Struct | undefined): void {
    const decoded = decode(properties);
    this.outputs = decoded.value;
    this.secrets = decoded.secrets;
  }
}

/** The stored body of a GET, for looking into. */
export function bodyOf(azure: Simulated, id: string): JsonObject {
  const found = azure.provider.view.get(id);
  if (!found) throw new Error(`nothing at ${id}`);
  return found.body as JsonObject;
}

export async function invoke(azure: Simulated, token: string, args: JsonObject): Promise<JsonObject> {
  const request = new rpc.InvokeRequest().setTok(token).setArgs(Struct.fromJavaScript(args));
  const response = await rpcCall<rpc.InvokeRequest, rpc.InvokeResponse>(
    (sent, done) => azure.client.invoke(sent, done),
    request,
  );
  return decode(response.getReturn()).value;
}

export async function configure(azure: Simulated, variables: Record<string, string> = {}): Promise<void> {
  const request = new rpc.ConfigureRequest();
  for (const [key, value] of Object.entries(variables)) request.getVariablesMap().set(key, value);
  await rpcCall<rpc.ConfigureRequest, rpc.ConfigureResponse>(
    (sent, done) => azure.client.configure(sent, done),
    request,
  );
}

export async function cancel(azure: Simulated): Promise<void> {
  await rpcCall<Empty, Empty>((sent, done) => azure.client.cancel(sent, done), new Empty());
}

/** What the engine reads out of a failed create or update whose resource exists. */
export function partialFailureOf(error: unknown): { id: string; reasons: string[]; properties: JsonObject } {
  if (!(error instanceof Error) || !("metadata" in error)) throw new Error("not a service error");
  const [bytes] = (error as ServiceError).metadata.get("grpc-status-details-bin");
  if (!Buffer.isBuffer(bytes)) throw new Error("no status details");
  const [detail] = Status.deserializeBinary(bytes).getDetailsList();
  const failed = detail?.unpack(rpc.ErrorResourceInitFailed.deserializeBinary, "pulumirpc.ErrorResourceInitFailed");
  if (!failed) throw new Error("no partial failure");
  return { id: failed.getId(), reasons: failed.getReasonsList(), properties: decode(failed.getProperties()).value };
}
