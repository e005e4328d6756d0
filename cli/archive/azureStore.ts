import { createHash } from "node:crypto";
import type { Protection, StoredBlob } from "../../review/archive/listing";
import { CouldNotRun } from "../../review/verdict";
import { couldNot } from "./azureErrors";
import type { Addition, ArchiveStore } from "./store";

const storage = () => import("@azure/storage-blob");
type Container = InstanceType<Awaited<ReturnType<typeof storage>>["ContainerClient"]>;

const install = "npm install @azure/storage-blob @azure/identity";

/** Each try, and how often: four of them with growing pauses stay below two minutes. */
const retries = { maxTries: 4, tryTimeoutInMs: 120_000, retryDelayInMs: 1000, maxRetryDelayInMs: 15_000 } as const;

/**
 * A container of a storage account, as the identity that DefaultAzureCredential finds. Azure's libraries are loaded here
 * and nowhere else: whoever reads folders needs none of them.
 *
 * @throws CouldNotRun where they are not installed
 */
export async function azureStore(container: string): Promise<ArchiveStore> {
  const [{ ContainerClient: Client }, { DefaultAzureCredential }] = await Promise.all([
    load(storage),
    load(() => import("@azure/identity")),
  ]);
  return new AzureStore(new Client(container, new DefaultAzureCredential(), { retryOptions: retries }));
}

/** An optional package, or one sentence. */
export async function load<Module>(importing: () => Promise<Module>): Promise<Module> {
  try {
    return await importing();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw error;
    throw new CouldNotRun(
      `Reading from Azure needs two packages that are not installed (${message.split("\n")[0]}). Install them beside this one: ${install}. A folder (--folder) needs neither.`,
    );
  }
}

export class AzureStore implements ArchiveStore {
  readonly source: string;

  constructor(private readonly container: Container) {
    this.source = container.url;
  }

  async list() {
    const blobs: StoredBlob[] = [];
    let inherited = false;
    try {
      inherited = await this.inheritsPolicies();
      const pages = this.container.listBlobsFlat({
        includeMetadata: true,
        includeVersions: true,
        includeImmutabilityPolicy: true,
        includeLegalHold: true,
      });
      for await (const { name, versionId, isCurrentVersion, properties, metadata } of pages)
        blobs.push({
          name,
          versionId: versionId ?? null,
          current: versionId === undefined || isCurrentVersion === true,
          size: properties.contentLength ?? 0,
          createdAt: properties.createdOn ?? null,
          md5: properties.contentMD5 === undefined ? null : Buffer.from(properties.contentMD5).toString("hex"),
          metadata: lowerCase(metadata ?? {}),
          protection: protectionOf(properties),
        });
    } catch (error) {
      throw couldNot({ where: this.source, doing: "list" }, error);
    }
    const versions = blobs.some(({ versionId }) => versionId !== null);
    // What a blob inherits from its container or account need not show on it; where nothing can be inherited, no policy is none.
    const unsaid = inherited && blobs.some(({ protection }) => protection === null);
    return {
      source: this.source,
      kind: "account" as const,
      blobs: inherited ? blobs : blobs.map((blob) => ({ ...blob, protection: blob.protection ?? unprotected })),
      cannotSay: [
        ...(versions ? [] : ["Whether a name was overwritten: the account keeps no versions (versioning is off)."]),
        ...(unsaid
          ? ["Until when a collection is protected that shows no policy: it inherits what container or account say."]
          : []),
        "Whether the newest collections were deleted with all their versions: the next watch with the same --state, or --expect, shows it.",
      ],
    };
  }

  /** Whether a blob may be protected without showing it; true where that may not be asked. */
  private async inheritsPolicies(): Promise<boolean> {
    try {
      const of = await this.container.getProperties();
      return of.hasImmutabilityPolicy === true || of.isImmutableStorageWithVersioningEnabled === true;
    } catch (error) {
      if ((error as { statusCode?: number }).statusCode === 403) return true;
      throw error;
    }
  }

  readonly read = async ({ name, versionId, current, size }: StoredBlob): Promise<Buffer | "notAtHand"> => {
    // A range of nothing is no range to Azure.
    if (size === 0) return Buffer.alloc(0);
    const blob = this.container.getBlobClient(name);
    try {
      return await (versionId === null || current ? blob : blob.withVersion(versionId)).downloadToBuffer();
    } catch (error) {
      if ((error as { code?: string }).code === "BlobArchived") return "notAtHand";
      throw couldNot({ where: `${this.source}/${name}`, doing: "read" }, error);
    }
  };

  async add({ name, bytes, metadata }: Addition): Promise<"added" | "exists"> {
    try {
      await this.container.getBlockBlobClient(name).upload(bytes, bytes.length, {
        conditions: { ifNoneMatch: "*" },
        blobHTTPHeaders: {
          blobContentType: "application/zip",
          blobContentMD5: createHash("md5").update(bytes).digest(),
        },
        metadata: { ...metadata },
      });
      return "added";
    } catch (error) {
      const { code, statusCode } = error as { code?: string; statusCode?: number };
      // An identity that may only add is told 403 for a name that is taken; who reads the archive is told 409.
      if (code === "UnauthorizedBlobOverwrite" || code === "BlobAlreadyExists" || statusCode === 409) return "exists";
      throw couldNot({ where: `${this.source}/${name}`, doing: "add" }, error);
    }
  }
}

const unprotected: Protection = { until: null, mode: null, legalHold: false };

function protectionOf(properties: {
  readonly immutabilityPolicyExpiresOn?: Date;
  readonly immutabilityPolicyMode?: string;
  readonly legalHold?: boolean;
}): Protection | null {
  const { immutabilityPolicyExpiresOn: until, immutabilityPolicyMode: mode, legalHold } = properties;
  if (until === undefined && legalHold === undefined) return null;
  const word = mode?.toLowerCase();
  return {
    until: until ?? null,
    mode: word === "locked" || word === "unlocked" ? word : null,
    legalHold: legalHold ?? false,
  };
}

const lowerCase = (metadata: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value]));
