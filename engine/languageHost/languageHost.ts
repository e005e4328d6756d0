import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import language from "@pulumi/pulumi/proto/language_pb";
import plugin from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { runToEnd } from "../childProcess";
import { installedPackages } from "./dependencies";
import { openEngineLog } from "./engineLog";
import { installDependencies, runPlugin } from "./plugin";
import { findRunner, type RunRequestFacts, runnerArguments, runnerEnvironment, runtimeOptions } from "./program";
import { type RunningProgram, startProgram } from "./runningProgram";

export interface LanguageHost {
  /** For PULUMI_DEBUG_LANGUAGES=nodejs:PORT. */
  readonly port: number;
  /** Ends running programs and stops listening. */
  stop(): Promise<void>;
}

export interface LanguageHostOptions {
  /** The Node that programs run on (22 or later). */
  readonly node: string;
  /** The environment of a program that starts now: an attached host's programs do not get the CLI's (measured). */
  environment(): NodeJS.ProcessEnv;
}

/**
 * A small Pulumi language host for Node programs, attached to an engine that has none beside it. It speaks the present
 * protocol, so resource hooks, transforms and `runtime.options` work (facts: pulumi-engine.md section 10). Several
 * engines may use one host at the same time: each connection brings its own engine address.
 */
export async function startLanguageHost(options: LanguageHostOptions): Promise<LanguageHost> {
  const engines = new Map<string, string>();
  const running = new Map<RunningProgram, string>();

  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(LanguageRuntimeService, {
    handshake: answer<language.LanguageHandshakeRequest, language.LanguageHandshakeResponse>((call) => {
      engines.set(call.getPeer(), call.request.getEngineAddress());
      return new language.LanguageHandshakeResponse();
    }),
    getPluginInfo: answer<Empty, plugin.PluginInfo>(() => {
      const info = new plugin.PluginInfo();
      info.setVersion("3.0.0");
      return info;
    }),
    getRequiredPackages: answer<language.GetRequiredPackagesRequest, language.GetRequiredPackagesResponse>((call) => {
      const response = new language.GetRequiredPackagesResponse();
      for (const { provider } of installedPackages(call.request.getInfo()?.getProgramDirectory() ?? ".", false)) {
        if (!provider) continue;
        const required = new plugin.PackageDependency();
        required.setKind("resource");
        required.setName(provider.name);
        required.setVersion(provider.version);
        required.setServer(provider.server);
        response.addPackages(required);
      }
      return response;
    }),
    run: answer<language.RunRequest, language.RunResponse>(async (call) => {
      const engineAddress = engines.get(call.getPeer()) ?? "";
      const info = call.request.getInfo();
      const programDirectory = info?.getProgramDirectory() || call.request.getPwd();
      const settings = runtimeOptions(info?.getOptions()?.toJavaScript() ?? {});
      const request = factsOf(call.request, engineAddress);
      const program = startProgram(options.node, runnerArguments(findRunner(programDirectory), settings, request), {
        cwd: request.pwd,
        environment: runnerEnvironment(options.environment(), settings, request),
        log: openEngineLog(engineAddress),
      });
      running.set(program, call.getPeer());
      // The engine went away (killed, connection lost): nobody is left to answer to.
      call.on("cancelled", () => program.kill());
      try {
        const end = await program.ended;
        const response = new language.RunResponse();
        if (end.kind === "already-reported") response.setBail(true);
        if (end.kind === "failed") response.setError(end.error);
        return response;
      } finally {
        running.delete(program);
      }
    }),
    about: answer<language.AboutRequest, language.AboutResponse>(async () => {
      const response = new language.AboutResponse();
      response.setExecutable(options.node);
      response.setVersion((await runToEnd(options.node, ["--version"], { timeout: 20_000 })).stdout.trim());
      return response;
    }),
    getProgramDependencies: answer<language.GetProgramDependenciesRequest, language.GetProgramDependenciesResponse>(
      (call) => {
        const response = new language.GetProgramDependenciesResponse();
        const folder = call.request.getInfo()?.getProgramDirectory() || call.request.getPwd() || ".";
        for (const { name, version } of installedPackages(folder, call.request.getTransitivedependencies())) {
          const dependency = new language.DependencyInfo();
          dependency.setName(name);
          dependency.setVersion(version);
          response.addDependencies(dependency);
        }
        return response;
      },
    ),
    runtimeOptionsPrompts: answer<language.RuntimeOptionsRequest, language.RuntimeOptionsResponse>(
      () => new language.RuntimeOptionsResponse(),
    ),
    cancel: answer<Empty, Empty>((call) => {
      // Sent at the normal end of a run too, when nothing of it is running any more.
      for (const [program, peer] of running) if (peer === call.getPeer()) program.kill();
      return new Empty();
    }),
    installDependencies,
    runPlugin: (call: Parameters<ReturnType<typeof runPlugin>>[0]) =>
      runPlugin(options.node, options.environment())(call),
    ...unsupported({
      getRequiredPlugins: "ask GetRequiredPackages",
      template: "copy a template by hand",
      generateProgram: "code generation needs Pulumi's own language host",
      generateProject: "code generation needs Pulumi's own language host",
      generatePackage: "code generation needs Pulumi's own language host",
      pack: "code generation needs Pulumi's own language host",
      link: "code generation needs Pulumi's own language host",
    }),
  });

  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    port,
    async stop() {
      for (const program of running.keys()) program.kill();
      await Promise.all([...running.keys()].map((program) => program.ended));
      server.forceShutdown();
    },
  };
}

function factsOf(request: language.RunRequest, engineAddress: string): RunRequestFacts {
  const info = request.getInfo();
  return {
    project: request.getProject(),
    stack: request.getStack(),
    organization: request.getOrganization(),
    pwd: request.getPwd(),
    dryRun: request.getDryrun(),
    parallel: request.getParallel(),
    monitorAddress: request.getMonitorAddress(),
    engineAddress,
    rootDirectory: info?.getRootDirectory() ?? "",
    entryPoint: info?.getEntryPoint() || request.getProgram(),
    args: request.getArgsList(),
    config: new Map(request.getConfigMap().toArray()),
    secretKeys: request.getConfigsecretkeysList(),
  };
}

function answer<Request, Response>(work: (call: ServerUnaryCall<Request, Response>) => Response | Promise<Response>) {
  return (call: ServerUnaryCall<Request, Response>, reply: sendUnaryData<Response>): void => {
    Promise.resolve()
      .then(() => work(call))
      .then(
        (response) => reply(null, response),
        (error: Error) => reply({ code: status.UNKNOWN, details: error.message }),
      );
  };
}

type Refusal = (call: unknown, reply?: sendUnaryData<never>) => void;

/** Streaming methods have no reply function; a method that is left out answers UNIMPLEMENTED by itself, without a reason. */
function unsupported(reasons: Readonly<Record<string, string>>): Record<string, Refusal> {
  return Object.fromEntries(
    Object.entries(reasons).map(([method, reason]) => {
      const details = `the language host of pulumi-entra-connect does not do this: ${reason}`;
      const refuse: Refusal = (call, reply) => {
        if (reply) reply({ code: status.UNIMPLEMENTED, details });
        else if (hasEmit(call)) call.emit("error", { code: status.UNIMPLEMENTED, details });
      };
      return [method, refuse];
    }),
  );
}

function hasEmit(call: unknown): call is { emit(event: string, value: unknown): void } {
  return typeof call === "object" && call !== null && "emit" in call && typeof call.emit === "function";
}
