import { AttributeReading, type ObjectReaderOptions } from "./attributeReading";
import {
  anchorName,
  classesName,
  type Identity,
  type IdentityAttribute,
  identityAttributes,
  isOperation,
  type ObjectChange,
  type Operation,
  operations,
} from "./change";
import {
  type Attributes,
  type ElementSink,
  enter,
  type Interest,
  longestValue,
  NotAnExport,
  nestedObject,
  read,
  refuse,
  sift,
  skip,
} from "./sink";

/** Best first: where the readable identity of an object comes from; the delta itself comes last. */
const hologramRank: Record<string, number> = {
  "unapplied-export-hologram": 0,
  "pending-import-hologram": 1,
  "synchronized-hologram": 2,
};
const deltaRank = 3;
const identitySet: ReadonlySet<string> = new Set(identityAttributes);
const isIdentity = (name: string): name is IdentityAttribute => identitySet.has(name);

type Place =
  | "document"
  | "objects"
  | "object"
  | "ma-name"
  | "ma-id"
  | "export-delta-operation"
  | "export"
  | "sent"
  | "delta"
  | "primary-objectclass"
  | "anchor"
  | "objectclass"
  | "oc-value"
  | "attr"
  | "dn-attr"
  | "value"
  | "dn-value"
  | "dn"
  | "dn-anchor"
  | "hologram"
  | "entry"
  | "identity"
  | "identity-value";

const objectLevelOperations: Record<string, Operation> = {
  add: "add",
  modify: "update",
  delete: "delete",
  none: "none",
};

/** The one place that knows the shape of an export file; fed by either reader, tells every object once it is complete. */
export class ObjectReader implements ElementSink {
  private readonly places: Place[] = ["document"];
  private readonly keep: Required<ObjectReaderOptions>;
  private pieces = "";

  private dn = "";
  private type: string | undefined;
  private from = -1;
  private connectorName: string | undefined;
  private connectorId: string | undefined;
  private objectLevelOperation: string | undefined;
  private exportSeen = false;
  private sent = false;
  private deltaSeen = false;
  private operation: Operation | undefined;
  private newDn: string | undefined;
  private readings = new Map<string, AttributeReading>();
  private reading: AttributeReading | undefined;
  private valueOperation: string | undefined;
  private encoding = "";
  private reference: string | undefined;
  private referenceAnchor: string | undefined;
  private identity: Identity = {};
  private identityRanks: Partial<Record<IdentityAttribute, number>> = {};
  private rank = 0;
  private identityName: IdentityAttribute | undefined;

  constructor(
    private readonly found: (change: ObjectChange) => void,
    options: ObjectReaderOptions = {},
  ) {
    this.keep = {
      identity: options.identity ?? false,
      keepValues: options.keepValues ?? 0,
      keepCharacters: options.keepCharacters ?? 200,
    };
  }

  open(name: string, attributes: Attributes, at: number): Interest {
    const place = this.next(name, attributes, at);
    if (place === undefined) return this.refused(name, attributes) ? refuse : skip;
    this.places.push(place);
    switch (place) {
      case "object":
      case "entry":
        return sift;
      case "ma-name":
      case "ma-id":
      case "export-delta-operation":
      case "primary-objectclass":
      case "anchor":
      case "oc-value":
      case "value":
      case "dn-value":
      case "dn":
      case "dn-anchor":
      case "identity-value":
        this.pieces = "";
        return read;
      default:
        return enter;
    }
  }

  /** Refused in every object or hologram alike, not only in this one. */
  private refused(name: string, attributes: Attributes): boolean {
    switch (this.places.at(-1)) {
      case "object":
        return !this.keep.identity || hologramRank[name] === undefined;
      case "entry":
        return name !== "attr" || !identitySet.has(attributes.get("name") ?? "");
      default:
        return false;
    }
  }

  text(piece: string): void {
    this.pieces += piece;
    if (this.pieces.length > longestValue)
      throw new NotAnExport(`a value of ${this.dn} is longer than ${longestValue} characters`);
  }

  /** What an element is, from where it stands; undefined: not needed. */
  private next(name: string, attributes: Attributes, at: number): Place | undefined {
    if (name === "cs-object" && this.places.at(-1) !== "objects") {
      if (this.places.length > 1) throw new NotAnExport(nestedObject);
    }
    switch (this.places.at(-1)) {
      case "document":
        if (name === "cs-objects") return "objects";
        throw new NotAnExport(`the root element is ${name}, not cs-objects: this is not a file written by csexport`);
      case "objects":
        if (name !== "cs-object") return undefined;
        this.begin(attributes, at);
        return "object";
      case "object":
        return this.inObject(name);
      case "export":
        return name === "delta" ? this.delta(attributes) : undefined;
      case "sent":
        if (name === "delta" && attributes.get("operation") !== "none") this.sent = true;
        return undefined;
      case "delta":
        return this.inDelta(name, attributes);
      case "objectclass":
        return name === "oc-value" ? "oc-value" : undefined;
      case "attr":
        return name === "value" ? this.value("value", attributes) : undefined;
      case "dn-attr":
        this.reference = undefined;
        this.referenceAnchor = undefined;
        return name === "dn-value" ? this.value("dn-value", attributes) : undefined;
      case "dn-value":
        return name === "dn" ? "dn" : name === "anchor" ? "dn-anchor" : undefined;
      case "hologram":
        return name === "entry" ? "entry" : undefined;
      case "entry":
        return name === "attr" ? this.identityAttribute(attributes) : undefined;
      case "identity":
        return name === "value" && this.identityName !== undefined ? "identity-value" : undefined;
      default:
        return undefined;
    }
  }

  private begin(attributes: Attributes, at: number): void {
    const dn = attributes.get("cs-dn");
    if (dn === undefined)
      throw new NotAnExport("a cs-object has no cs-dn, by which objects are matched between servers");
    this.dn = dn;
    this.type = attributes.get("object-type");
    this.from = at;
    this.connectorName = undefined;
    this.connectorId = undefined;
    this.objectLevelOperation = undefined;
    this.exportSeen = false;
    this.sent = false;
    this.deltaSeen = false;
    this.operation = undefined;
    this.newDn = undefined;
    this.readings = new Map();
    this.identity = {};
    this.identityRanks = {};
  }

  private inObject(name: string): Place | undefined {
    switch (name) {
      case "ma-name":
      case "ma-id":
      case "export-delta-operation":
        return name;
      case "unapplied-export":
        if (this.exportSeen) throw new NotAnExport(`${this.dn} has two unapplied-export elements`);
        this.exportSeen = true;
        return "export";
      case "escrowed-export":
      case "unconfirmed-export":
        return "sent";
      default: {
        const rank = hologramRank[name];
        if (rank === undefined || !this.keep.identity) return undefined;
        this.rank = rank;
        return identityAttributes.some((attribute) => this.wanted(attribute)) ? "hologram" : undefined;
      }
    }
  }

  private wanted(attribute: IdentityAttribute): boolean {
    const known = this.identityRanks[attribute];
    return known === undefined || known > this.rank;
  }

  private delta(attributes: Attributes): Place {
    if (this.deltaSeen) throw new NotAnExport(`${this.dn} has two deltas in its unapplied-export`);
    this.deltaSeen = true;
    const operation = attributes.get("operation");
    if (operation !== undefined) {
      if (!isOperation(operation)) {
        throw new NotAnExport(`${this.dn}: the operation "${operation}" is not one of ${operations.join(", ")}`);
      }
      this.operation = operation;
    }
    const dn = attributes.get("dn");
    if (dn !== undefined && dn !== this.dn) this.newDn = dn;
    return "delta";
  }

  private inDelta(name: string, attributes: Attributes): Place | undefined {
    switch (name) {
      case "attr":
      case "dn-attr": {
        const attribute = attributes.get("name");
        if (attribute === undefined) throw new NotAnExport(`${this.dn}: a changed attribute has no name`);
        this.attribute(attribute, name === "dn-attr", attributes.get("operation") ?? "");
        return name;
      }
      case "anchor":
        this.attribute(anchorName, false, "");
        this.encoding = attributes.get("encoding") ?? "";
        return "anchor";
      case "objectclass":
        this.attribute(classesName, false, "");
        return "objectclass";
      case "primary-objectclass":
        return "primary-objectclass";
      default:
        return undefined;
    }
  }

  /** An attribute given twice is one attribute with all the values. */
  private attribute(name: string, reference: boolean, operation: string): void {
    const key = reference ? `dn ${name}` : name;
    const known = this.readings.get(key);
    if (known !== undefined && known.operation === operation) {
      this.reading = known;
      return;
    }
    if (known !== undefined)
      throw new NotAnExport(`${this.dn}: attribute ${name} is given twice with different operations`);
    this.reading = new AttributeReading(name, reference, operation);
    this.readings.set(key, this.reading);
  }

  private value(place: "value" | "dn-value", attributes: Attributes): Place {
    this.valueOperation = attributes.get("operation");
    this.encoding = attributes.get("encoding") ?? "";
    return place;
  }

  private identityAttribute(attributes: Attributes): Place | undefined {
    const name = attributes.get("name");
    if (name === undefined || !isIdentity(name) || !this.wanted(name)) return undefined;
    this.identityName = name;
    return "identity";
  }

  close(end: number): void {
    const text = this.pieces;
    switch (this.places.pop()) {
      case "ma-name":
        this.connectorName = text.trim() || undefined;
        break;
      case "ma-id":
        this.connectorId = text.trim() || undefined;
        break;
      case "export-delta-operation":
        this.objectLevelOperation = text.trim();
        break;
      case "primary-objectclass":
        this.type ??= text.trim() || undefined;
        break;
      case "anchor":
        this.reading?.add(undefined, this.encoding, text.trim(), this.keep);
        break;
      case "oc-value":
        this.reading?.add(undefined, "", text.trim(), this.keep);
        break;
      case "value":
        this.reading?.add(this.valueOperation, this.encoding, text, this.keep);
        this.identityFromDelta(text);
        break;
      case "dn":
        this.reference = text;
        break;
      case "dn-anchor":
        this.referenceAnchor = text.trim();
        break;
      case "dn-value":
        this.reading?.add(this.valueOperation, "", this.reference ?? this.referenceAnchor ?? text.trim(), this.keep);
        break;
      case "identity-value":
        this.identify(text, this.rank);
        this.identityName = undefined;
        break;
      case "object":
        this.complete(end);
        break;
      default:
    }
    this.pieces = "";
  }

  private identityFromDelta(text: string): void {
    const name = this.reading?.name;
    if (name === undefined || !this.keep.identity || !isIdentity(name) || this.identity[name] !== undefined) return;
    if (this.valueOperation === "delete" || this.reading?.operation === "delete") return;
    this.identityName = name;
    this.identify(text, deltaRank);
    this.identityName = undefined;
  }

  private identify(text: string, rank: number): void {
    const name = this.identityName;
    if (name === undefined) return;
    this.identity[name] = text.length > this.keep.keepCharacters ? `${text.slice(0, this.keep.keepCharacters)}…` : text;
    this.identityRanks[name] = rank;
  }

  private complete(end: number): void {
    const { operation, withoutDetails } = this.judgedOperation();
    this.found({
      dn: this.dn,
      type: this.type ?? "unknown",
      operation,
      newDn: this.newDn,
      attributes: Array.from(this.readings.values(), (reading) => reading.result()),
      identity: this.identity,
      sent: this.sent,
      withoutDetails,
      connectorName: this.connectorName,
      connectorId: this.connectorId,
      from: this.from,
      to: end,
    });
  }

  /** The delta says it; where it is missing, the operation at object level still says that something is pending. */
  private judgedOperation(): { operation: Operation; withoutDetails: boolean } {
    if (this.operation !== undefined) return { operation: this.operation, withoutDetails: false };
    const word = this.objectLevelOperation ?? "";
    const atObject = objectLevelOperations[word];
    if (atObject === undefined && word !== "") {
      throw new NotAnExport(`${this.dn}: export-delta-operation "${word}" is not one of add, modify, delete, none`);
    }
    if (this.deltaSeen && atObject === undefined) throw new NotAnExport(`${this.dn}: its delta has no operation`);
    if (atObject === undefined || this.sent) return { operation: "none", withoutDetails: false };
    return { operation: atObject, withoutDetails: atObject !== "none" && !this.deltaSeen };
  }
}
