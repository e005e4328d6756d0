import type { Clock } from "../../world/contract";
import { same, textAt } from "../properties/json";
import type { ResourceType, Subscription } from "../types/resourceType";
import { ArmError, groupBeingDeleted, markedForDeletion, notProvisioned } from "./errors";
import { type ArmId, parseId, resourceGroupType } from "./ids";
import type { StoredResource } from "./store";

/** Longer than a run that is given again at once takes to get there; a network of machines takes minutes in Azure too. */
const unheardSeconds = 20 * 60;

const machineType = "Microsoft.Compute/virtualMachines";

/**
 * Deletions that Azure has accepted and goes on with, whoever waits for them: until then the resource is there and
 * `Deleting`. `hidden.goneAt` says when it is gone, in the world's time, so that a deletion outlives its run.
 */
export class Deletions {
  readonly #finishing = new Map<string, Promise<ArmError | undefined>>();

  constructor(
    readonly subscription: Subscription,
    readonly clock: Clock,
    readonly mark: (resource: StoredResource, is: "Deleting" | "Failed" | "Succeeded") => void,
  ) {}

  begin(resource: StoredResource, seconds = unheardSeconds): void {
    resource.hidden.goneAt = new Date(this.clock.now().getTime() + seconds * 1000).toISOString();
    this.mark(resource, "Deleting");
  }

  /** Takes away what is gone by now. Before every request. */
  async settle(): Promise<void> {
    for (const resource of this.subscription.all())
      if (isGoing(resource) && goneAt(resource) <= this.clock.now().getTime()) await this.#finish(resource);
  }

  /** Throws what Azure refuses the rest of it with. */
  async wait(resource: StoredResource, signal: AbortSignal): Promise<void> {
    for (let left = 1; left > 0; ) {
      left = goneAt(resource) - this.clock.now().getTime();
      if (left > 0) await this.clock.sleep(left / 1000, signal);
    }
    const refused = await this.#finish(resource);
    if (refused) throw refused;
  }

  /** Nothing is written to what is going, in it or below it; nor made on it. */
  refuse(id: ArmId, type: ResourceType, neededIds: readonly string[]): void {
    const group = id.resourceGroup;
    if (id.type !== resourceGroupType && group !== undefined) {
      const found = this.subscription.get(`/subscriptions/${id.subscriptionId ?? ""}/resourceGroups/${group}`);
      if (found && isGoing(found)) throw groupBeingDeleted(group);
    }
    const parent = type.parent ? type.parent(id.id) : id.parent;
    const own = type.hiddenWhileGoing ? undefined : id.id;
    for (const each of [own, parent, ...neededIds, ...neededIds.map((needed) => parseId(needed)?.parent)]) {
      const found = each === undefined ? undefined : this.subscription.get(each);
      if (!found || !isGoing(found)) continue;
      if (found.type === resourceGroupType) throw groupBeingDeleted(found.name);
      throw same(found.type, machineType) ? markedForDeletion(found.name) : notProvisioned(found.id, "Deleting");
    }
  }

  /** Once for everybody who waits for it. */
  #finish(resource: StoredResource): Promise<ArmError | undefined> {
    const under = this.#finishing.get(resource.id) ?? this.#delete(resource);
    this.#finishing.set(resource.id, under);
    return under.finally(() => this.#finishing.delete(resource.id));
  }

  async #delete(resource: StoredResource): Promise<ArmError | undefined> {
    if (this.subscription.get(resource.id) !== resource) return undefined;
    try {
      await this.subscription.deleteWithRules(resource.id);
      return undefined;
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      // Of a group Azure rolls the state back (its own text of ResourceGroupDeletionBlocked).
      delete resource.hidden.goneAt;
      this.mark(resource, resource.type === resourceGroupType ? "Succeeded" : "Failed");
      return error;
    }
  }
}

export const isGoing = ({ hidden }: StoredResource): boolean => textAt(hidden, "goneAt") !== undefined;

const goneAt = ({ hidden }: StoredResource): number => Date.parse(textAt(hidden, "goneAt") ?? "");
