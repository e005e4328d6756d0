import { AttributeReading, type ObjectReaderOptions } from "./attributeReading";
import { anchorName, classesName, isOperation, type ObjectChange, type Operation, operations } from "./change";
import { ErrorReading, errorParts } from "./errorReading";
import { HologramReading } from "./hologramReading";
import { pendingOperation } from "./pendingOperation";
import { type Place, textPlaces } from "./places";
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

/** The one place that knows the shape of an export file; fed by either reader, tells every object once it is complete. */
export class ObjectReader implements ElementSink {
  private readonly places: Place[] = ["document"];
  private readonly keep: Required<ObjectReaderOptions>;
  private pieces = "";

  private dn = "";
  private id: string | undefined;
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
  private error: ErrorReading | undefined;
  private pendingImport = false;
  private importError = false;
  private disconnector = false;
  private errorPart = "";
  private readonly hologram: HologramReading;

  constructor(
    private readonly found: (change: ObjectChange) => void,
    options: ObjectReaderOptions = {},
  ) {
    this.keep = {
      identity: options.identity ?? false,
      before: options.before ?? false,
      keepValues: options.keepValues ?? 0,
      keepCharacters: options.keepCharacters ?? 200,
    };
    this.hologram = new HologramReading(this.keep);
  }

  open(name: string, attributes: Attributes, at: number): Interest {
    const place = this.next(name, attributes, at);
    if (place === undefined) return this.refused(name, attributes) ? refuse : skip;
    this.places.push(place);
    if (place === "object" || place === "entry") return sift;
    if (!textPlaces.has(place)) return enter;
    this.pieces = "";
    return read;
  }

  /** Refused in every object or hologram alike, not only in this one. */
  private refused(name: string, attributes: Attributes): boolean {
    switch (this.places.at(-1)) {
      case "object":
        return !this.hologram.couldWant(name);
      case "entry":
        return !this.hologram.couldWantAttribute(name, attributes.get("name") ?? "");
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
        return this.inObject(name, attributes);
      case "export":
        return name === "delta" ? this.delta(attributes) : undefined;
      case "import":
        if (name === "delta" && attributes.get("operation") !== "none") this.pendingImport = true;
        return undefined;
      case "error":
      case "error-part":
        this.errorPart = name;
        return errorParts[name] === undefined ? undefined : errorParts[name] ? "error-text" : "error-part";
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
        if (name !== "entry") return undefined;
        this.hologram.entry();
        return "entry";
      case "entry":
        if (name !== "attr" && name !== "dn-attr") return undefined;
        return this.hologram.attribute(name, attributes) ? "held" : undefined;
      case "held":
        return name === "value" ? "held-value" : name === "dn-value" ? "held-reference" : undefined;
      case "held-reference":
        return name === "dn" ? "held-dn" : undefined;
      default:
        return undefined;
    }
  }

  private begin(attributes: Attributes, at: number): void {
    const dn = attributes.get("cs-dn");
    if (dn === undefined)
      throw new NotAnExport("a cs-object has no cs-dn, by which objects are matched between servers");
    this.dn = dn;
    this.id = attributes.get("id")?.trim();
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
    this.hologram.begin();
    this.error = undefined;
    this.pendingImport = false;
    this.importError = false;
    this.disconnector = false;
  }

  private inObject(name: string, attributes: Attributes): Place | undefined {
    switch (name) {
      case "connector":
        return name;
      case "pending-import":
        return "import";
      case "import-errordetail":
        this.importError = true;
        return "import-error";
      case "export-errordetail":
        this.error = new ErrorReading(attributes);
        return "error";
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
      default:
        return this.hologram.wants(name) ? "hologram" : undefined;
    }
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
    // A rename is @newdn; another @dn was only ever inferred to be one.
    const dn = attributes.get("newdn") ?? attributes.get("dn");
    if (dn !== undefined && dn !== this.dn) this.newDn = dn;
    return "delta";
  }

  private inDelta(name: string, attributes: Attributes): Place | undefined {
    switch (name) {
      case "attr":
      case "dn-attr": {
        const attribute = attributes.get("name");
        if (attribute === undefined) throw new NotAnExport(`${this.dn}: a changed attribute has no name`);
        this.attribute(attribute, name === "dn-attr", attributes.get("operation") ?? "", attributes);
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
  private attribute(name: string, reference: boolean, operation: string, attributes?: Attributes): void {
    const key = reference ? `dn ${name}` : name;
    const known = this.readings.get(key);
    if (known !== undefined && known.operation === operation) {
      this.reading = known;
      return;
    }
    if (known !== undefined)
      throw new NotAnExport(`${this.dn}: attribute ${name} is given twice with different operations`);
    const [type, many] = reference ? [] : [attributes?.get("type"), attributes?.get("multivalued")];
    this.reading = new AttributeReading(name, reference, operation, type, many);
    this.readings.set(key, this.reading);
  }

  private value(place: "value" | "dn-value", attributes: Attributes): Place {
    this.valueOperation = attributes.get("operation");
    this.encoding = attributes.get("encoding") ?? "";
    return place;
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
      case "connector":
        this.disconnector = text.trim() === "0";
        break;
      case "error-text":
        this.error?.add(this.errorPart, text.trim());
        break;
      case "held-value":
      case "held-dn":
        this.hologram.value(text);
        break;
      case "object":
        this.complete(end);
        break;
      default:
    }
    this.pieces = "";
  }

  private identityFromDelta(text: string): void {
    if (!this.keep.identity || this.reading === undefined) return;
    if (this.valueOperation === "delete" || this.reading.operation === "delete") return;
    this.hologram.fromDelta(this.reading.name, text);
  }

  private complete(end: number): void {
    const { operation, withoutDetails, contradiction } = pendingOperation(this.dn, {
      delta: this.operation,
      deltaSeen: this.deltaSeen,
      object: this.objectLevelOperation,
      sent: this.sent,
    });
    this.found({
      dn: this.dn,
      id: this.id,
      type: this.type ?? "unknown",
      operation,
      newDn: this.newDn,
      attributes: Array.from(this.readings.values(), (reading) => reading.result()),
      identity: this.hologram.identity,
      sent: this.sent,
      withoutDetails,
      contradiction,
      failure: this.error?.result(),
      marks: { pendingImport: this.pendingImport, importError: this.importError, disconnector: this.disconnector },
      before: this.hologram.before,
      connectorName: this.connectorName,
      connectorId: this.connectorId,
      from: this.from,
      to: end,
    });
  }
}
