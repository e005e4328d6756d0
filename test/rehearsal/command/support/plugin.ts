import {
  credentials,
  Server,
  ServerCredentials,
  type ServiceError,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { type LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { type CommandProviderOptions, startCommandProvider } from "../../../../rehearsal/command/provider";
import type { Json, Properties } from "./values";

export interface LogLine {
  readonly severity: string;
  readonly message: string;
  readonly urn: string;
  readonly ephemeral: boolean;
  readonly streamId: number;
}

/** An engine's log service that remembers. */
class LogService {
  readonly lines: LogLine[] = [];
  private readonly server = new Server();

  async start(): Promise<string> {
    const names = new Map(Object.entries(LogSeverity).map(([name, value]) => [value, name.toLowerCase()]));
    const log = (call: { request: LogRequest }, done: (error: null, answer: Empty) => void): void => {
      const { request } = call;
      this.lines.push({
        severity: names.get(request.getSeverity()) ?? "",
        message: request.getMessage(),
        urn: request.getUrn(),
        ephemeral: request.getEphemeral(),
        streamId: request.getStreamid(),
      });
      done(null, new Empty());
    };
    this.server.addService(EngineService, { log } as unknown as UntypedServiceImplementation);
    const port = await new Promise<number>((resolve, reject) => {
      this.server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    return `127.0.0.1:${port}`;
  }

  stop(): void {
    this.server.forceShutdown();
  }
}

export function urnOf(type: string, name = "res"): string {
  return `urn:pulumi:dev::project::command:${type}::${name}`;
}

const struct = (properties: Properties): Struct => Struct.fromJavaScript(properties);
const plain = (value: Struct | undefined): Properties => (value?.toJavaScript() ?? {}) as Properties;

/** A running stand-in with an engine's log, spoken to through gRPC only. */
export class Plugin {
  private constructor(
    readonly client: ResourceProviderClient,
    private readonly engine: LogService,
    private readonly stopProvider: () => Promise<void>,
  ) {}

  static async start(options: CommandProviderOptions = {}): Promise<Plugin> {
    const engine = new LogService();
    const address = await engine.start();
    const provider = await startCommandProvider({ sshAgent: null, ...options });
    const client = new ResourceProviderClient(`127.0.0.1:${provider.port}`, credentials.createInsecure(), {
      "grpc.max_receive_message_length": -1,
    });
    const plugin = new Plugin(client, engine, () => provider.stop());
    await plugin.unary<Empty>((done) => client.attach(new PluginAttach().setAddress(address), done));
    return plugin;
  }

  get logs(): readonly LogLine[] {
    return this.engine.lines;
  }

  async stop(): Promise<void> {
    this.client.close();
    await this.stopProvider();
    this.engine.stop();
  }

  unary<T>(call: (done: (error: ServiceError | null, answer: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      call((error, answer) => (error ? reject(error) : resolve(answer)));
    });
  }

  async configure(sendsOldInputs = true): Promise<messages.ConfigureResponse.AsObject> {
    const request = new messages.ConfigureRequest()
      .setSendsOldInputs(sendsOldInputs)
      .setSendsOldInputsToDelete(sendsOldInputs);
    return (await this.unary<messages.ConfigureResponse>((done) => this.client.configure(request, done))).toObject();
  }

  async check(type: string, news: Properties): Promise<{ inputs: Properties; failures: [string, string][] }> {
    const request = new messages.CheckRequest().setUrn(urnOf(type)).setNews(struct(news));
    const answer = await this.unary<messages.CheckResponse>((done) => this.client.check(request, done));
    const failures = answer
      .getFailuresList()
      .map((failure): [string, string] => [failure.getProperty(), failure.getReason()]);
    return { inputs: plain(answer.getInputs()), failures };
  }

  async diff(
    type: string,
    oldInputs: Properties,
    news: Properties,
    more: { state?: Properties; ignoreChanges?: string[] } = {},
  ): Promise<{ changes: string; detailed: Record<string, string>; diffs: string[]; replaces: string[] }> {
    const request = new messages.DiffRequest()
      .setUrn(urnOf(type))
      .setOlds(struct(more.state ?? oldInputs))
      .setOldInputs(struct(oldInputs))
      .setNews(struct(news))
      .setIgnorechangesList(more.ignoreChanges ?? []);
    const answer = await this.unary<messages.DiffResponse>((done) => this.client.diff(request, done));
    const kinds = new Map(Object.entries(messages.PropertyDiff.Kind).map(([name, value]) => [value, name]));
    const detailed: Record<string, string> = {};
    answer.getDetaileddiffMap().forEach((entry, path) => {
      detailed[path] = (kinds.get(entry.getKind()) ?? "").toLowerCase().replace("_", "-");
    });
    return {
      changes: answer.getChanges() === messages.DiffResponse.DiffChanges.DIFF_SOME ? "some" : "none",
      detailed,
      diffs: answer.getDiffsList(),
      replaces: answer.getReplacesList(),
    };
  }

  async create(
    type: string,
    properties: Properties,
    more: { preview?: boolean; timeout?: number; name?: string } = {},
  ): Promise<{ id: string; properties: Properties }> {
    const request = new messages.CreateRequest()
      .setUrn(urnOf(type, more.name))
      .setProperties(struct(properties))
      .setTimeout(more.timeout ?? 0)
      .setPreview(more.preview ?? false);
    const answer = await this.unary<messages.CreateResponse>((done) => this.client.create(request, done));
    return { id: answer.getId(), properties: plain(answer.getProperties()) };
  }

  async update(
    type: string,
    state: Properties,
    news: Properties,
    more: { preview?: boolean; ignoreChanges?: string[] } = {},
  ): Promise<Properties> {
    const request = new messages.UpdateRequest()
      .setUrn(urnOf(type))
      .setOlds(struct(state))
      .setNews(struct(news))
      .setIgnorechangesList(more.ignoreChanges ?? [])
      .setPreview(more.preview ?? false);
    return plain(
      (await this.unary<messages.UpdateResponse>((done) => this.client.update(request, done))).getProperties(),
    );
  }

  async delete(type: string, state: Properties): Promise<void> {
    const request = new messages.DeleteRequest().setUrn(urnOf(type)).setProperties(struct(state));
    await this.unary<Empty>((done) => this.client.delete(request, done));
  }

  async cancel(): Promise<void> {
    await this.unary<Empty>((done) => this.client.cancel(new Empty(), done));
  }
}

/** Code and text of a call that is to fail. */
export async function failureOf(call: Promise<unknown>): Promise<{ code: number; details: string }> {
  try {
    await call;
  } catch (error) {
    const { code, details } = error as ServiceError;
    return { code, details };
  }
  throw new Error("the call succeeded, but was to fail");
}

export type { Json };
