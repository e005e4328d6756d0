import { type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";
import { type PluginAttach, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type CheckAnswer, check } from "./check";
import { checkConfig } from "./checkConfig";
import { type Change, diff } from "./diff";
import type { EngineLog } from "./engineLog";
import { Failure, messageOf, NilDereference } from "./failure";
import { type Lifecycle, refusedLocally } from "./lifecycle";
import { type Operation, Operations } from "./operation";
import { packageSchema, pluginVersion } from "./schema";
import { type ResourceShape, resources } from "./shape";
import { readStruct, writeStruct } from "./wire";

export interface ServiceParts {
  readonly lifecycle: Lifecycle;
  readonly log: EngineLog;
  /** Where the genuine plugin's process would die. */
  readonly died: (cause: NilDereference) => void;
}

type Call<Request> = ServerUnaryCall<Request, unknown>;

/** The plugin's gRPC service. */
export function providerService({ lifecycle, log, died }: ServiceParts): IResourceProviderServer {
  const operations = new Operations(log);
  let sendsOldInputs = false;

  const answer =
    <Request, Response>(work: (request: Request, call: Call<Request>) => Promise<Response> | Response) =>
    (call: ServerUnaryCall<Request, Response>, done: sendUnaryData<Response>): void => {
      Promise.resolve()
        .then(() => work(call.request, call as Call<Request>))
        .then((response) => done(null, response))
        .catch((error: unknown) => {
          if (error instanceof NilDereference) died(error);
          done({ code: error instanceof Failure ? error.code : status.UNKNOWN, details: messageOf(error) });
        });
    };

  const operate = <T>(
    call: Call<unknown>,
    urn: string,
    timeout: number,
    work: (operation: Operation) => Promise<T>,
  ): Promise<T> => operations.run({ urn, timeout, gone: (stop) => call.on("cancelled", stop) }, work);

  const unimplemented = (method: string, text = `method ${method} not implemented`) =>
    answer((): never => {
      throw new Failure(text, status.UNIMPLEMENTED);
    });

  return {
    handshake: unimplemented("Handshake"),
    parameterize: unimplemented("Parameterize", "Parameterize is not implemented"),
    diffConfig: unimplemented("DiffConfig", "DiffConfig is not implemented"),
    call: unimplemented("Call", "Call is not implemented"),
    construct: unimplemented("Construct", "Construct is not implemented"),
    getMapping: unimplemented("GetMapping"),
    getMappings: unimplemented("GetMappings"),
    list: (call) => call.emit("error", { code: status.UNIMPLEMENTED, details: "method List not implemented" }),

    getSchema: answer(() => new messages.GetSchemaResponse().setSchema(packageSchema())),
    getPluginInfo: answer(() => new PluginInfo().setVersion(pluginVersion)),
    attach: answer((request: PluginAttach) => {
      log.attach(request.getAddress());
      return new Empty();
    }),
    cancel: answer(() => {
      operations.cancel();
      return new Empty();
    }),
    configure: answer((request: messages.ConfigureRequest) => {
      sendsOldInputs = request.getSendsOldInputs() && request.getSendsOldInputsToDelete();
      return new messages.ConfigureResponse()
        .setAcceptsecrets(true)
        .setSupportspreview(true)
        .setAcceptresources(true)
        .setAcceptoutputs(true);
    }),
    checkConfig: answer((request: messages.CheckRequest) =>
      checkResponse({ inputs: checkConfig(readStruct(request.getNews())), failures: [] }),
    ),
    invoke: answer((request: messages.InvokeRequest): messages.InvokeResponse => {
      if (request.getTok() === "command:local:run") throw refusedLocally("it");
      throw new Failure(`Invoke '${withoutPackage(request.getTok())}' not found`, status.NOT_FOUND);
    }),

    check: answer((request: messages.CheckRequest) =>
      checkResponse(check(readStruct(request.getNews()), resourceOf(request.getUrn()))),
    ),
    diff: answer((request: messages.DiffRequest) => {
      const question = {
        state: readStruct(request.getOlds()),
        inputs: readStruct(request.getNews()),
        oldInputs: sendsOldInputs ? readStruct(request.getOldInputs()) : undefined,
        ignoreChanges: request.getIgnorechangesList(),
      };
      return diffResponse(diff(question, resourceOf(request.getUrn())));
    }),
    create: answer((request: messages.CreateRequest, call) =>
      operate(call, request.getUrn(), request.getTimeout(), async (operation) => {
        const inputs = readStruct(request.getProperties());
        const question = { name: nameOf(request.getUrn()), inputs, preview: request.getPreview() };
        const created = await lifecycle.create(resourceOf(request.getUrn()), question, operation);
        return new messages.CreateResponse().setId(created.id).setProperties(writeStruct(created.properties));
      }),
    ),
    read: answer((request: messages.ReadRequest) => {
      resourceOf(request.getUrn());
      return new messages.ReadResponse()
        .setId(request.getId())
        .setProperties(writeStruct(readStruct(request.getProperties())))
        .setInputs(writeStruct(readStruct(request.getInputs())));
    }),
    update: answer((request: messages.UpdateRequest, call) =>
      operate(call, request.getUrn(), request.getTimeout(), async (operation) => {
        const question = {
          state: readStruct(request.getOlds()),
          inputs: readStruct(request.getNews()),
          ignoreChanges: request.getIgnorechangesList(),
          preview: request.getPreview(),
        };
        const properties = await lifecycle.update(resourceOf(request.getUrn()), question, operation);
        return new messages.UpdateResponse().setProperties(writeStruct(properties));
      }),
    ),
    delete: answer((request: messages.DeleteRequest, call) =>
      operate(call, request.getUrn(), request.getTimeout(), async (operation) => {
        await lifecycle.delete(resourceOf(request.getUrn()), readStruct(request.getProperties()), operation);
        return new Empty();
      }),
    ),
  };
}

function withoutPackage(token: string): string {
  return token.slice(token.indexOf(":") + 1);
}

/** `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`; the name may hold `::` itself. */
function partsOf(urn: string): { readonly type: string; readonly name: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.split("$").at(-1) ?? "", name: name.join("::") };
}

const nameOf = (urn: string): string => partsOf(urn).name;

function resourceOf(urn: string): ResourceShape {
  const type = withoutPackage(partsOf(urn).type);
  const shape = resources.get(type);
  if (shape === undefined) throw new Failure(`Resource '${type}' not found`, status.NOT_FOUND);
  return shape;
}

function checkResponse({ inputs, failures }: CheckAnswer): messages.CheckResponse {
  return new messages.CheckResponse()
    .setInputs(writeStruct(inputs))
    .setFailuresList(
      failures.map(({ property, reason }) => new messages.CheckFailure().setProperty(property).setReason(reason)),
    );
}

const { Kind } = messages.PropertyDiff;
const kinds: Record<Change, readonly [plainly: number, replacing: number]> = {
  add: [Kind.ADD, Kind.ADD_REPLACE],
  update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
  delete: [Kind.DELETE, Kind.DELETE_REPLACE],
};

function diffResponse(answer: ReturnType<typeof diff>): messages.DiffResponse {
  const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
  const response = new messages.DiffResponse()
    .setChanges(answer.changed ? DIFF_SOME : DIFF_NONE)
    .setDiffsList([...answer.diffs])
    .setReplacesList([...answer.replaces])
    .setHasdetaileddiff(true);
  for (const [path, { change, replaces }] of answer.detailed) {
    const [plainly, replacing] = kinds[change];
    response.getDetaileddiffMap().set(path, new messages.PropertyDiff().setKind(replaces ? replacing : plainly));
  }
  return response;
}
