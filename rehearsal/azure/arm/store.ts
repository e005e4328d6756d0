import { randomBytes, scryptSync } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CouldNotRun } from "../../../review/verdict";
import { isObject, type Json, type JsonObject, textsAt } from "../properties/json";
import { idKey, isInside } from "./ids";
import { type Policies, policiesOf } from "./policies";

export interface StoredResource {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  apiVersion: string;
  /** What a GET returns, less what is computed from other resources. Never holds a secret. */
  body: JsonObject;
  /** What ARM remembers and never returns: fingerprints of secrets, power state, recovery points. */
  hidden: JsonObject;
}

/** The simulated subscription on disk: `azure.json` in the world folder, replaced atomically at every change. */
export class Store {
  readonly #file: string;
  readonly #salt: string;
  /** What Azure Policy adds to resources in this subscription. */
  policies: Policies = { tags: {}, identities: [] };
  /** Names that Azure knows in this world beside the lists of the package. */
  knownNames: readonly string[] = [];
  readonly #resources = new Map<string, StoredResource>();

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#file = join(folder, "azure.json");
    let salt = randomBytes(16).toString("hex");
    if (existsSync(this.#file)) {
      const content = this.#read();
      if (typeof content.salt === "string") salt = content.salt;
      this.policies = policiesOf(content.policies);
      this.knownNames = textsAt(content, "knownNames");
      for (const entry of Array.isArray(content.resources) ? content.resources : []) {
        const resource = asResource(entry);
        if (resource) this.#resources.set(idKey(resource.id), resource);
      }
    }
    this.#salt = salt;
  }

  get(id: string): StoredResource | undefined {
    return this.#resources.get(idKey(id));
  }

  all(): StoredResource[] {
    return [...this.#resources.values()];
  }

  ofType(type: string): StoredResource[] {
    const wanted = type.toLowerCase();
    return this.all().filter((resource) => resource.type.toLowerCase() === wanted);
  }

  /** Everything whose id lies under this one, children and extension resources alike. */
  inside(id: string): StoredResource[] {
    return this.all().filter((resource) => isInside(resource.id, id));
  }

  save(resource: StoredResource): void {
    this.#resources.set(idKey(resource.id), resource);
    this.write();
  }

  remove(id: string): void {
    if (this.#resources.delete(idKey(id))) this.write();
  }

  /** The same value gives the same fingerprint in this world; the value cannot be read from it. */
  fingerprint(value: Json): string {
    return scryptSync(JSON.stringify(value), this.#salt, 16, { N: 4096 }).toString("hex");
  }

  write(): void {
    const content = {
      version: 1,
      salt: this.#salt,
      policies: this.policies,
      knownNames: [...this.knownNames],
      resources: this.all(),
    };
    const temporary = `${this.#file}.${process.pid}.tmp`;
    writeFileSync(temporary, `${JSON.stringify(content, null, 2)}\n`);
    renameSync(temporary, this.#file);
  }

  #read(): JsonObject {
    try {
      const content: Json = JSON.parse(readFileSync(this.#file, "utf8"));
      if (isObject(content) && content.version === 1) return content;
    } catch (error) {
      throw new CouldNotRun(
        `The simulated Azure in ${this.#file} cannot be read (${error instanceof Error ? error.message : String(error)}). Start a new world with --reset, or restore the file.`,
      );
    }
    throw new CouldNotRun(
      `${this.#file} was not written by this version of the rehearsal. Start a new world with --reset.`,
    );
  }
}

function asResource(entry: Json): StoredResource | undefined {
  if (!isObject(entry)) return undefined;
  const { id, type, name, apiVersion, body, hidden } = entry;
  if (typeof id !== "string" || typeof type !== "string" || typeof name !== "string") return undefined;
  if (typeof apiVersion !== "string" || !isObject(body)) return undefined;
  return { id, type, name, apiVersion, body, hidden: isObject(hidden) ? hidden : {} };
}
