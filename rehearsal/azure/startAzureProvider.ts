import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import type {
  ArmResource,
  AzureView,
  BlobService,
  CallLog,
  Clock,
  Faults,
  Machines,
  RunningProvider,
} from "../world/contract";
import { Arm } from "./arm/arm";
import { parseId } from "./arm/ids";
import { remediate, withPolicies } from "./arm/policies";
import { noSecrets } from "./arm/secrets";
import { Store, type StoredResource } from "./arm/store";
import { SimulatedBlobs } from "./blobs/blobService";
import { clone, type JsonObject, textAt } from "./properties/json";
import type { Identity } from "./provider/invoke";
import { azureService } from "./provider/service";
import { Sessions } from "./provider/sessions";
import { typeOfArm, typesWithRules } from "./types/registry";

/** Ids of the simulated tenant; recognisable, and nobody's. */
export const rehearsalIdentity: Identity = {
  subscriptionId: "00000000-0000-4000-8000-0000000000a1",
  tenantId: "00000000-0000-4000-8000-0000000000b2",
  clientId: "00000000-0000-4000-8000-0000000000c3",
  objectId: "00000000-0000-4000-8000-0000000000d4",
};

export interface AzureProviderOptions {
  /** The world folder; `azure.json` in it is the simulated subscription. */
  readonly world: string;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly calls: CallLog;
  readonly machines: Machines;
  /** Told of every resource that was written, before its writer has the answer. */
  readonly written?: (type: string) => Promise<void>;
  /** Port on loopback; default: any free one. */
  readonly port?: number;
  readonly identity?: Partial<Identity>;
  /** Features registered in the subscription; default: encryption at host. */
  readonly features?: readonly string[];
  /** What Azure Policy adds from now on, beside what it did in this world before: `tag:NAME=VALUE`, `identity:ID`. */
  readonly policies?: readonly string[];
  /** Regions, `REGION/zones`, sizes, image names and service tags that are newer than the lists; kept in this world. */
  readonly knownNames?: readonly string[];
}

export interface AzureProvider extends RunningProvider {
  /** Of the provider that nobody configured. */
  readonly subscriptionId: string;
  readonly view: AzureView;
  /** What machines reach by themselves. */
  readonly blobs: BlobService;
  /** ARM types met so far that are kept without rules of their own. */
  genericTypes(): readonly string[];
  /** Puts something there that the stack did not make, such as an existing network; what exists already stays. */
  seed(resource: { readonly id: string; readonly apiVersion?: string; readonly body: JsonObject }): void;
  /** As somebody with the portal would write it: judged by the rules of its type. Throws what Azure refuses. */
  write(resource: { readonly id: string; readonly body: JsonObject }): Promise<void>;
  /** As somebody with the portal would do it; the machine is told. */
  setPower(resourceId: string, power: "running" | "deallocated"): Promise<void>;
}

/** Starts the simulated Azure. The engine attaches to it with PULUMI_DEBUG_PROVIDERS=azure-native:PORT. */
export async function startAzureProvider(options: AzureProviderOptions): Promise<AzureProvider> {
  const identity = { ...rehearsalIdentity, ...options.identity };
  const store = new Store(options.world);
  const policies = options.policies ?? [];
  store.policies = withPolicies(store.policies, policies);
  if (policies.length > 0) remediate(store, typeOfArm);
  store.knownNames = [...new Set([...store.knownNames, ...(options.knownNames ?? [])])];
  const arm: Arm = new Arm({
    store,
    clock: options.clock,
    faults: options.faults,
    calls: options.calls,
    machines: options.machines,
    features: options.features ?? ["Microsoft.Compute/EncryptionAtHost"],
    tenantId: identity.tenantId,
    holdsBlobs: (accountName, containerName): boolean => blobs.list(accountName, containerName).length > 0,
    written: options.written,
  });
  const blobs: BlobService = new SimulatedBlobs({
    world: options.world,
    directory: arm,
    clock: options.clock,
    faults: options.faults,
    calls: options.calls,
  });
  const sessions = new Sessions();
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(ResourceProviderService, azureService({ arm, identity, sessions }));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${options.port ?? 0}`, ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    port,
    subscriptionId: identity.subscriptionId,
    view: {
      resources: () =>
        store
          .all()
          .filter((resource) => resource.hidden.inline !== true || isSubnet(resource))
          .map(asArm),
      get: (id) => {
        const found = store.get(id);
        return found && asArm(found);
      },
    },
    blobs,
    genericTypes: () => {
      const withRules = new Set(typesWithRules.map((type) => type.toLowerCase()));
      return [...new Set(store.all().map(({ type }) => type))]
        .filter((type) => !withRules.has(type.toLowerCase()))
        .sort();
    },
    seed: ({ id, apiVersion, body }) => {
      const parsed = parseId(id);
      if (!parsed) throw new Error(`'${id}' is not the id of an Azure resource.`);
      if (store.get(id)) return;
      const { type, name } = parsed;
      const stored = { ...clone(body), id: parsed.id, name, type };
      store.save({
        id: parsed.id,
        type,
        name,
        apiVersion: apiVersion ?? typeOfArm(type).apiVersion,
        body: stored,
        hidden: {},
      });
    },
    write: async ({ id, body }) => {
      const parsed = parseId(id);
      if (!parsed) throw new Error(`'${id}' is not the id of an Azure resource.`);
      await arm.write(id, typeOfArm(parsed.type), body, noSecrets, new AbortController().signal);
    },
    setPower: async (resourceId, power) => {
      const found = store.get(resourceId);
      if (!found) throw new Error(`There is no virtual machine ${resourceId} in the simulated Azure.`);
      found.hidden.power = power;
      store.save(found);
      await options.machines.setPower(found.id, power);
    },
    stop: () => {
      sessions.cancelAll();
      return new Promise((resolve) => {
        server.tryShutdown(() => resolve());
        // An engine that was killed leaves its connection half open.
        setTimeout(() => server.forceShutdown(), 500).unref();
      });
    },
  };

  function asArm(resource: StoredResource): ArmResource {
    const body = arm.shown(resource);
    const location = textAt(body, "location");
    const { id, type, apiVersion, name } = resource;
    return { id, type, apiVersion, name, ...(location === undefined ? {} : { location }), body };
  }
}

/** Subnets declared inside their network are listed like any others; rules and peerings are seen in their parent. */
function isSubnet(resource: StoredResource): boolean {
  return resource.type.toLowerCase() === "microsoft.network/virtualnetworks/subnets";
}
