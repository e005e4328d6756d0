import type { ObjectReaderOptions } from "./attributeReading";
import { type Before, type Identity, type IdentityAttribute, identityAttributes } from "./change";
import { kindOf } from "./meaning";
import type { Attributes } from "./sink";

/** Best first: where the readable identity of an object comes from; the delta itself comes last. */
const identityRank: Readonly<Record<string, number>> = {
  "unapplied-export-hologram": 0,
  "pending-import-hologram": 1,
  "synchronized-hologram": 2,
};
const deltaRank = 3;
/** Best first: what the directory holds now, as last imported, else as last confirmed. */
const beforeRank: Readonly<Record<string, number>> = { "pending-import-hologram": 0, "synchronized-hologram": 1 };
const none = 9;

const identitySet: ReadonlySet<string> = new Set(identityAttributes);
const isIdentity = (name: string): name is IdentityAttribute => identitySet.has(name);

/** What is taken from the holograms of one object: how people know it, and what it has before the change. */
export class HologramReading {
  identity: Identity = {};
  private ranks: Partial<Record<IdentityAttribute, number>> = {};
  private rank = deltaRank;
  private held: Map<string, string[]> | undefined;
  private heldRank = none;
  private heldFrom = none;
  private name = "";
  private asIdentity: IdentityAttribute | undefined;
  private asBefore = false;

  constructor(private readonly keep: Required<ObjectReaderOptions>) {}

  begin(): void {
    this.identity = {};
    this.ranks = {};
    this.held = undefined;
    this.heldRank = none;
  }

  get before(): Before {
    return this.held ?? null;
  }

  /** May a child of an object with this name ever be wanted? */
  couldWant(element: string): boolean {
    const { identity, before } = this.keep;
    return (identity && identityRank[element] !== undefined) || (before && beforeRank[element] !== undefined);
  }

  couldWantAttribute(element: string, name: string): boolean {
    const { identity, before } = this.keep;
    return (identity && element === "attr" && identitySet.has(name)) || (before && kindOf(name) !== undefined);
  }

  /** Is this hologram of the present object better than what was met so far? */
  wants(element: string): boolean {
    this.rank = identityRank[element] ?? deltaRank;
    const before = this.keep.before ? beforeRank[element] : undefined;
    this.heldFrom = before !== undefined && before < this.heldRank ? before : none;
    if (this.heldFrom < none) return true;
    return this.keep.identity && this.rank < deltaRank && identityAttributes.some((each) => this.better(each));
  }

  private better(attribute: IdentityAttribute): boolean {
    const known = this.ranks[attribute];
    return known === undefined || known > this.rank;
  }

  entry(): void {
    if (this.heldFrom === none) return;
    this.heldRank = this.heldFrom;
    this.held = new Map();
  }

  attribute(element: string, attributes: Attributes): boolean {
    const name = attributes.get("name") ?? "";
    const identity = this.keep.identity && element === "attr" && isIdentity(name) && this.better(name);
    this.asIdentity = identity ? (name as IdentityAttribute) : undefined;
    this.asBefore = this.heldFrom < none && kindOf(name) !== undefined;
    this.name = name;
    return identity || this.asBefore;
  }

  value(text: string): void {
    if (this.asIdentity !== undefined) this.identify(this.asIdentity, text, this.rank);
    if (!this.asBefore || this.held === undefined) return;
    const name = this.name.toLowerCase();
    const values = this.held.get(name);
    if (values === undefined) this.held.set(name, [text]);
    else values.push(text);
  }

  /** A value of the change itself: better than nothing. */
  fromDelta(name: string, text: string): void {
    if (this.keep.identity && isIdentity(name) && this.identity[name] === undefined)
      this.identify(name, text, deltaRank);
  }

  private identify(name: IdentityAttribute, text: string, rank: number): void {
    const { keepCharacters } = this.keep;
    this.identity[name] = text.length > keepCharacters ? `${text.slice(0, keepCharacters)}…` : text;
    this.ranks[name] = rank;
  }
}
