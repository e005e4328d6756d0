import { randomBytes } from "node:crypto";
import { status } from "@grpc/grpc-js";
import { resultProperties } from "./answer";
import { isTextAsset } from "./check";
import { readConnection, stringOf } from "./connection";
import { copyPath, copyText } from "./copy";
import { decode, decodeFailureText } from "./decode";
import { dial } from "./dial";
import { withIgnored } from "./diff";
import { Failure, NilDereference } from "./failure";
import type { Operation } from "./operation";
import { type Property, type PropertyMap, text } from "./property";
import { type CommandSurroundings, resultText, runCommand } from "./remoteCommand";
import { RemoteFiles } from "./remoteFiles";
import type { ObjectShape, ResourceShape } from "./shape";

export interface Surroundings extends CommandSurroundings {
  /** What relative source paths of a copy start from. */
  readonly folder: string;
}

export interface CreateQuestion {
  readonly name: string;
  readonly inputs: PropertyMap;
  readonly preview: boolean;
}

export interface UpdateQuestion {
  readonly state: PropertyMap;
  readonly inputs: PropertyMap;
  readonly ignoreChanges: readonly string[];
  readonly preview: boolean;
}

interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

const noOutput: Output = { stdout: "", stderr: "" };

/** Create, Update and Delete of every resource (facts: command-provider.md). */
export class Lifecycle {
  constructor(private readonly surroundings: Surroundings) {}

  async create(
    shape: ResourceShape,
    question: CreateQuestion,
    operation: Operation,
  ): Promise<{ readonly id: string; readonly properties: PropertyMap }> {
    const fields = decoded(question.inputs, shape.inputs, "invalid inputs: ");
    const { inputs, preview } = question;
    const commandId = shape.kind.endsWith("Command") ? `${question.name}${hexadecimalId()}` : undefined;
    const outputs = preview
      ? withOutput(fields, shape, noOutput)
      : await this.perform(shape, fields, { command: fields.get("create"), previous: undefined }, operation);
    return {
      id: commandId ?? (preview ? "" : hexadecimalId()),
      properties: resultProperties({ outputs, inputs, preview, shape }),
    };
  }

  async update(shape: ResourceShape, question: UpdateQuestion, operation: Operation): Promise<PropertyMap> {
    if (shape.kind === "remote:CopyFile") {
      throw new Failure(`Update is not implemented for resource ${operation.urn}`, status.UNIMPLEMENTED);
    }
    const inputs = withIgnored(question.inputs, question.state, question.ignoreChanges);
    const state = decoded(question.state, shape.outputs, "");
    const fields = decoded(inputs, shape.inputs, "");
    const { preview } = question;
    const previous = outputOf(state);
    let outputs = withOutput(fields, shape, previous);
    if (!preview && (shape.kind !== "remote:CopyToRemote" || mustCopy(fields, state))) {
      outputs = await this.perform(
        shape,
        fields,
        { command: fields.get("update") ?? fields.get("create"), previous },
        operation,
      );
    }
    return resultProperties({ outputs, inputs, state: question.state, preview, shape });
  }

  /** Runs `delete` where the state has one; copies are never removed. */
  async delete(shape: ResourceShape, properties: PropertyMap, operation: Operation): Promise<void> {
    if (shape.kind === "remote:CopyToRemote" || shape.kind === "remote:CopyFile") return;
    const state = decoded(properties, shape.outputs, "");
    const command = stringOf(state.get("delete"));
    if (command === undefined) return;
    if (shape.kind === "local:Command") throw refusedLocally("its delete command");
    await runCommand(command, state, outputOf(state), operation, this.surroundings);
  }

  private async perform(
    shape: ResourceShape,
    fields: PropertyMap,
    run: { readonly command: Property | undefined; readonly previous: Output | undefined },
    operation: Operation,
  ): Promise<PropertyMap> {
    switch (shape.kind) {
      case "local:Command":
        throw refusedLocally("it");
      case "remote:Command": {
        const command = stringOf(run.command);
        if (command === undefined) return withOutput(fields, shape, run.previous ?? noOutput);
        const result = await runCommand(command, fields, run.previous, operation, this.surroundings);
        return withOutput(fields, shape, { stdout: resultText(result.stdout), stderr: resultText(result.stderr) });
      }
      case "remote:CopyToRemote":
      case "remote:CopyFile":
        await this.copy(shape, fields, operation);
        return fields;
    }
  }

  private async copy(shape: ResourceShape, fields: PropertyMap, operation: Operation): Promise<void> {
    const connection = readConnection(fields);
    const remotePath = stringOf(fields.get("remotePath")) ?? "";
    const source = shape.kind === "remote:CopyFile" ? fields.get("localPath") : fields.get("source");
    const isText = isTextAsset(source);
    const path = isText ? "" : pathOf(source);
    const from = isText ? "text asset" : `local file ${path}`;
    await operation.log("debug", `Creating file: ${connection.host}:${remotePath} from ${from}`, { status: false });
    const ssh = await dial(connection, this.surroundings.dialler, operation);
    try {
      const files = await RemoteFiles.open(ssh);
      try {
        if (source?.kind === "asset" && isText) await copyText(files, source.asset.text, remotePath);
        else await copyPath(files, { path, folder: this.surroundings.folder }, remotePath);
      } finally {
        await files.end();
      }
    } finally {
      ssh.client.destroy();
    }
  }
}

function decoded(properties: PropertyMap, shape: ObjectShape, prefix: string): PropertyMap {
  const { fields, failures } = decode(properties, shape);
  if (failures.length > 0) throw new Failure(`${prefix}${decodeFailureText(failures)}`);
  return fields;
}

function outputOf(state: PropertyMap): Output {
  return { stdout: stringOf(state.get("stdout")) ?? "", stderr: stringOf(state.get("stderr")) ?? "" };
}

function withOutput(fields: PropertyMap, shape: ResourceShape, output: Output): PropertyMap {
  if (!shape.kind.endsWith("Command")) return fields;
  return new Map([...fields, ["stdout", text(output.stdout)], ["stderr", text(output.stderr)]]);
}

/** A new host, proxy or trigger alone copies nothing. */
function mustCopy(fields: PropertyMap, state: PropertyMap): boolean {
  return (
    hashOf(fields.get("source")) !== hashOf(state.get("source")) ||
    stringOf(fields.get("remotePath")) !== stringOf(state.get("remotePath"))
  );
}

function hashOf(source: Property | undefined): string {
  if (source?.kind === "archive") return source.archive.hash;
  if (source?.kind === "asset") return source.asset.hash;
  throw new NilDereference("source");
}

function pathOf(source: Property | undefined): string {
  if (source?.kind === "string") return source.value;
  if (source?.kind === "archive") return source.archive.path;
  if (source?.kind === "asset") return source.asset.path;
  throw new NilDereference("source");
}

function hexadecimalId(): string {
  return randomBytes(4).toString("hex");
}

/** The text of what a rehearsal does not do. */
export function refusedLocally(what: string): Failure {
  return new Failure(
    `refused to run ${what} on this machine: in a rehearsal nothing runs outside the simulated servers, so ` +
      "command:local:Command and command:local:run are not executed. Leave the resource out of the rehearsal, or use " +
      "a remote Command against a simulated server",
  );
}
