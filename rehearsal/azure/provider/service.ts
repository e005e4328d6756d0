import type { handleUnaryCall, ServerUnaryCall, ServiceError, UntypedServiceImplementation } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Arm } from "../arm/arm";
import { type JsonObject, textAt } from "../properties/json";
import { type Decoded, decode, encode, encodeOutputs } from "../properties/wire";
import { typeOfToken } from "../types/registry";
import type { ResourceType } from "../types/resourceType";
import { applyDefaults, checkFailures } from "./check";
import { diffInputs } from "./diff";
import { partialFailure, serviceError } from "./failure";
import { type Identity, invoke } from "./invoke";
import { Operations, type Written } from "./operations";
import { inputsFrom, previewOutputs, refreshedInputs } from "./outputs";
import type { Session, Sessions } from "./sessions";

export const simulatedVersion = "3.28.0";

export interface ServiceOptions {
  readonly arm: Arm;
  readonly identity: Identity;
  readonly sessions: Sessions;
}

type Work<Request, Response> = (
  request: Request,
  session: Session,
  signal: AbortSignal,
) => Promise<Response> | Response;

/** azure-native's side of the provider protocol. What is left out here answers UNIMPLEMENTED. */
export function azureService({ arm, identity, sessions }: ServiceOptions): UntypedServiceImplementation {
  const unary =
    <Request, Response>(work: Work<Request, Response>): handleUnaryCall<Request, Response> =>
    (call, callback) => {
      void run(call, sessions.of(call.getPeer()), work).then(
        (response) => callback(null, response),
        (error: unknown) => callback(isServiceError(error) ? error : serviceError(error)),
      );
    };
  const typeOf = (token: string): ResourceType => {
    const type = typeOfToken(token);
    if (!type) throw new Error(`Resource type ${token} not found in azure-native ${simulatedVersion}`);
    return type;
  };
  const subscriptionOf = (session: Session) => session.subscriptionId ?? identity.subscriptionId;
  const operations = (urn: string, session: Session) => {
    const token = tokenOf(urn);
    return new Operations(arm, typeOf(token), token, subscriptionOf(session));
  };

  return {
    handshake: unary(() => new rpc.ProviderHandshakeResponse()),
    attach: unary(() => new Empty()),
    getPluginInfo: unary(() => new PluginInfo().setVersion(simulatedVersion)),
    getSchema: unary(() =>
      new rpc.GetSchemaResponse().setSchema(
        JSON.stringify({ name: "azure-native", version: simulatedVersion, resources: {} }),
      ),
    ),
    checkConfig: unary((request: rpc.CheckRequest) => new rpc.CheckResponse().setInputs(request.getNews())),
    // Unknown: the engine then compares the inputs itself, so that another subscription reaches a provider that exists.
    diffConfig: unary(() => new rpc.DiffResponse().setChanges(rpc.DiffResponse.DiffChanges.DIFF_UNKNOWN)),
    configure: unary((request: rpc.ConfigureRequest, session) => {
      const variables = new Map(request.getVariablesMap().toArray());
      const configured = (name: string) => variables.get(`azure-native:config:${name}`) || undefined;
      session.subscriptionId = configured("subscriptionId");
      session.tenantId = configured("tenantId");
      session.clientId = configured("clientId");
      session.location = configured("location");
      // azure-native leaves secrets to the engine. Taking them here tells which values may never be stored.
      return new rpc.ConfigureResponse()
        .setSupportspreview(true)
        .setAcceptsecrets(true)
        .setSupportsAutonamingConfiguration(true);
    }),
    check: unary((request: rpc.CheckRequest, session) => {
      const type = typeOf(tokenOf(request.getUrn()));
      const inputs = decode(request.getNews());
      const subscriptionId = subscriptionOf(session);
      applyDefaults(type, inputs.value, {
        urn: request.getUrn(),
        randomSeed: request.getRandomseed_asU8(),
        autonaming: request.getAutonaming(),
        old: decode(request.getOlds()).value,
        configuredLocation: session.location,
        locationOfGroup: (name) =>
          textAt(arm.get(`/subscriptions/${subscriptionId}/resourceGroups/${name}`)?.body, "location"),
      });
      const failures = checkFailures(type, inputs.value).map((reason) => new rpc.CheckFailure().setReason(reason));
      return new rpc.CheckResponse().setInputs(encode(inputs.value, inputs.secrets)).setFailuresList(failures);
    }),
    diff: unary((request: rpc.DiffRequest) => {
      const type = typeOf(tokenOf(request.getUrn()));
      const state = decode(request.getOlds()).value;
      const old = request.hasOldInputs() ? decode(request.getOldInputs()).value : state;
      return diffResponse(diffInputs(type, old, decode(request.getNews()).value, state));
    }),
    create: unary(async (request: rpc.CreateRequest, session, signal) => {
      const work = operations(request.getUrn(), session);
      const inputs = decode(request.getProperties());
      if (request.getPreview())
        return new rpc.CreateResponse().setProperties(
          outputs(previewOutputs(work.type, inputs.value, undefined), inputs),
        );
      const written = await work.create(inputs, signal);
      refusePartial(written, inputs);
      return new rpc.CreateResponse().setId(written.id).setProperties(outputs(written.outputs ?? {}, inputs));
    }),
    update: unary(async (request: rpc.UpdateRequest, session, signal) => {
      const work = operations(request.getUrn(), session);
      const inputs = decode(request.getNews());
      if (request.getPreview()) {
        const old = decode(request.getOlds()).value;
        return new rpc.UpdateResponse().setProperties(outputs(previewOutputs(work.type, inputs.value, old), inputs));
      }
      const written = await work.update(inputs, signal);
      refusePartial(written, inputs);
      return new rpc.UpdateResponse().setProperties(outputs(written.outputs ?? {}, inputs));
    }),
    read: unary(async (request: rpc.ReadRequest, session, signal) => {
      const work = operations(request.getUrn(), session);
      const found = await work.read(request.getId(), signal);
      if (!found) return new rpc.ReadResponse();
      const known = decode(request.getInputs());
      const before = decode(request.getProperties()).value;
      const imported = Object.keys(known.value).length === 0;
      const inputs = imported
        ? inputsFrom(work.type, request.getId(), found)
        : refreshedInputs(work.type, known.value, before, found);
      return new rpc.ReadResponse()
        .setId(typeof found.id === "string" ? found.id : request.getId())
        .setProperties(outputs(found, known))
        .setInputs(encode(inputs, known.secrets));
    }),
    delete: unary(async (request: rpc.DeleteRequest, session, signal) => {
      await operations(request.getUrn(), session).delete(request.getId(), signal);
      return new Empty();
    }),
    invoke: unary(async (request: rpc.InvokeRequest, session, signal) => {
      const args = decode(request.getArgs()).value;
      const caller = {
        ...identity,
        subscriptionId: subscriptionOf(session),
        tenantId: session.tenantId ?? identity.tenantId,
        clientId: session.clientId ?? identity.clientId,
      };
      return new rpc.InvokeResponse().setReturn(encode(await invoke(request.getTok(), args, caller, arm, signal)));
    }),
    cancel: (call: ServerUnaryCall<Empty, Empty>, callback: (error: null, value: Empty) => void) => {
      sessions.cancel(call.getPeer());
      callback(null, new Empty());
    },
    getMapping: unary(() => new rpc.GetMappingResponse()),
    getMappings: unary(() => new rpc.GetMappingsResponse()),
  };

  function outputs(value: JsonObject, inputs: Decoded) {
    return encodeOutputs(value, inputs.secrets);
  }

  function refusePartial({ id, outputs: state, failure }: Written, inputs: Decoded): void {
    if (failure)
      throw partialFailure(id, state && outputs(state, inputs), encode(inputs.value, inputs.secrets), failure.message);
  }
}

async function run<Request, Response>(
  call: ServerUnaryCall<Request, Response>,
  session: Session,
  work: Work<Request, Response>,
): Promise<Response> {
  const controller = new AbortController();
  session.inFlight.add(controller);
  call.on("cancelled", () => controller.abort());
  try {
    return await work(call.request, session, controller.signal);
  } finally {
    session.inFlight.delete(controller);
  }
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && "code" in error && "metadata" in error && "details" in error;
}

/** The type's token: the last one of the types joined by `$` in a URN. */
function tokenOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

function diffResponse({ changes, replaces, deleteBeforeReplace }: ReturnType<typeof diffInputs>): rpc.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = rpc.DiffResponse.DiffChanges;
  const response = new rpc.DiffResponse().setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE);
  response.setDiffsList(changes.map(({ path }) => path));
  response.setReplacesList([...replaces]);
  response.setDeletebeforereplace(deleteBeforeReplace);
  response.setHasdetaileddiff(changes.length > 0);
  for (const { path, kind } of changes)
    response.getDetaileddiffMap().set(path, new rpc.PropertyDiff().setKind(kind).setInputdiff(true));
  return response;
}
