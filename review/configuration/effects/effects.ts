import type { AttributeMapping, ServerConfiguration, SynchronizationRule } from "../model";
import { covers } from "./scope";

/**
 * What a configuration does, as far as its rules say: who provisions which objects, who gives an attribute in which
 * order, which objects are filtered out. Only enabled rules count. Comparisons ask this, never a rule alone.
 */
export class Effects {
  private readonly enabled: readonly SynchronizationRule[];
  private readonly entra: ReadonlySet<string>;
  private readonly provisioning = new Map<string, SynchronizationRule[]>();
  private readonly giving = new Map<string, SynchronizationRule[]>();
  private readonly onward = new Map<string, Set<string>>();

  constructor(readonly configuration: ServerConfiguration) {
    this.enabled = configuration.rules.filter((rule) => !rule.disabled);
    this.entra = new Set(configuration.connectors.filter(({ kind }) => kind === "entra").map(({ id }) => id));
    for (const rule of this.enabled) {
      if (rule.linkType === "Provision") put(this.provisioning, objectsKey(rule), rule);
      for (const target of new Set(rule.mappings.map((mapping) => mapping.target.toLowerCase())))
        put(this.giving, `${rule.direction}\n${target}`, rule);
    }
    for (const rule of this.enabled) if (rule.direction === "Outbound" && this.toEntra(rule)) this.recordOnward(rule);
  }

  toEntra(rule: SynchronizationRule): boolean {
    return this.entra.has(rule.connectorId);
  }

  /** Enabled rules that provision the objects that this rule is about; the rule itself among them if it does. */
  provisioners(rule: SynchronizationRule): readonly SynchronizationRule[] {
    return this.provisioning.get(objectsKey(rule)) ?? [];
  }

  /** Whether every object that the rule selects is provisioned here, by whichever rules. */
  provisionsAll(rule: SynchronizationRule): boolean {
    return covers(
      this.provisioners(rule).map(({ scope }) => scope),
      rule.scope,
    );
  }

  /** Whether objects of this rule's kind get from the directory to the metaverse at all. */
  reads(rule: SynchronizationRule): boolean {
    return this.enabled.some(
      (other) =>
        other.direction === "Inbound" &&
        other.linkType === "Provision" &&
        sameConnector(other, rule) &&
        sameName(other.sourceObjectType, rule.sourceObjectType),
    );
  }

  /** Whether what the rule provisions ends in Entra ID: directly, or by a rule that provisions its metaverse type there. */
  reachesEntra(rule: SynchronizationRule): boolean {
    if (rule.direction === "Outbound") return this.toEntra(rule);
    return this.enabled.some(
      (out) =>
        out.direction === "Outbound" &&
        out.linkType === "Provision" &&
        this.toEntra(out) &&
        sameName(out.sourceObjectType, rule.targetObjectType),
    );
  }

  /** Other enabled rules that may give the attribute to an object of this rule, the winning one first. */
  othersGiving(target: string, rule: SynchronizationRule): readonly SynchronizationRule[] {
    const rules = this.giving.get(`${rule.direction}\n${target.toLowerCase()}`) ?? [];
    return rules
      .filter((other) => other.id !== rule.id && mayMeet(other, rule))
      .sort((a, b) => a.precedence - b.precedence);
  }

  /** Attributes of Entra ID that take a metaverse attribute of that object type, sorted. */
  takenOnward(metaverseType: string, attribute: string): readonly string[] {
    return [...(this.onward.get(`${metaverseType}\n${attribute}`) ?? [])].sort();
  }

  private recordOnward(rule: SynchronizationRule): void {
    for (const mapping of rule.mappings)
      for (const source of sourcesOf(mapping)) {
        const key = `${rule.sourceObjectType}\n${source}`;
        const known = this.onward.get(key);
        if (known === undefined) this.onward.set(key, new Set([mapping.target]));
        else known.add(mapping.target);
      }
  }
}

function put(map: Map<string, SynchronizationRule[]>, key: string, rule: SynchronizationRule): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [rule]);
  else list.push(rule);
}

function objectsKey(rule: SynchronizationRule): string {
  return [rule.direction, rule.connector, rule.sourceObjectType, rule.targetObjectType].join("\n").toLowerCase();
}

function sourcesOf({ flow }: AttributeMapping): readonly string[] {
  if (flow.kind === "direct") return flow.source.split(", ");
  return flow.kind === "expression" ? flow.sources : [];
}

/**
 * Whether two rules can apply to one object: an outbound rule only with one of its own connector and types; inbound
 * rules of one connector only for one object type, of two connectors where they meet in one metaverse object.
 */
export function mayMeet(a: SynchronizationRule, b: SynchronizationRule): boolean {
  if (a.direction !== b.direction || !sameMetaverseType(a, b)) return false;
  if (sameConnector(a, b))
    return sameName(a.sourceObjectType, b.sourceObjectType) && sameName(a.targetObjectType, b.targetObjectType);
  return a.direction === "Inbound";
}

function sameMetaverseType(a: SynchronizationRule, b: SynchronizationRule): boolean {
  const [left, right] =
    a.direction === "Inbound" ? [a.targetObjectType, b.targetObjectType] : [a.sourceObjectType, b.sourceObjectType];
  return left === "*" || right === "*" || sameName(left, right);
}

function sameConnector(a: SynchronizationRule, b: SynchronizationRule): boolean {
  return sameName(a.connector, b.connector);
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
