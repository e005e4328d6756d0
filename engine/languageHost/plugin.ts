import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import type { ServerWritableStream } from "@grpc/grpc-js";
import language from "@pulumi/pulumi/proto/language_pb";
import { findRunner } from "./program";

/**
 * A source-based plugin (a folder with PulumiPlugin.yaml): runs it with the SDK of its own node_modules and passes on
 * what it prints, whose first line is the port that the engine waits for. It ends when the engine hangs up.
 */
export function runPlugin(node: string, environment: NodeJS.ProcessEnv) {
  return (call: ServerWritableStream<language.RunPluginRequest, language.RunPluginResponse>): void => {
    const { request } = call;
    const folder = request.getInfo()?.getProgramDirectory() || request.getProgram();
    let runner: string;
    try {
      runner = join(dirname(findRunner(folder)), "run-plugin");
    } catch (error) {
      call.emit("error", { code: 2, details: error instanceof Error ? error.message : String(error) });
      return;
    }
    const own = Object.fromEntries(request.getEnvList().map((pair) => pair.split(/=(.*)/s, 2)));
    const child = spawn(node, [runner, folder, ...request.getArgsList()], {
      cwd: request.getPwd() || folder,
      // What the engine gives is its own environment: on a machine of several worlds, ours says which one.
      env: { ...own, ...environment, PULUMI_NODEJS_TYPESCRIPT: "true" },
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
    });
    const stop = (): void => {
      child.kill("SIGKILL");
    };
    process.once("exit", stop);
    call.on("cancelled", stop);
    const told = (set: (response: language.RunPluginResponse) => void): void => {
      const response = new language.RunPluginResponse();
      set(response);
      call.write(response);
    };
    child.stdout.on("data", (bytes: Buffer) => told((response) => response.setStdout(bytes)));
    child.stderr.on("data", (bytes: Buffer) => told((response) => response.setStderr(bytes)));
    child.once("error", (error) => told((response) => response.setStderr(Buffer.from(error.message))));
    child.once("close", (code) => {
      process.removeListener("exit", stop);
      told((response) => response.setExitcode(code ?? 1));
      call.end();
    });
  };
}

/** The engine asks before it runs a plugin's folder. Nothing is fetched here: what is installed is enough, or is asked for. */
export function installDependencies(
  call: ServerWritableStream<language.InstallDependenciesRequest, language.InstallDependenciesResponse>,
): void {
  try {
    findRunner(call.request.getInfo()?.getProgramDirectory() || call.request.getDirectory());
    call.end();
  } catch (error) {
    call.emit("error", { code: 2, details: error instanceof Error ? error.message : String(error) });
  }
}
