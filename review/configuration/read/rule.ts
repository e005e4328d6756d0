import { child, childrenNamed, placeOf, type XmlDocument, type XmlElement } from "../../evidence";
import { BadInput } from "../../verdict";
import type { AttributeMapping, JoinCondition, ScopeCondition, SynchronizationRule } from "../model";
import { Remaining } from "./remaining";
import { exactText, guid, noGuid, requiredText, truth } from "./values";

/** Reads one file of `SynchronizationRules/`. `connectorNames` is by identifier. */
export function readRule(document: XmlDocument, connectorNames: ReadonlyMap<string, string>): SynchronizationRule {
  const { root } = document;
  if (root.name !== "synchronizationRule")
    throw new BadInput(
      `${placeOf(document, root)}: expected <synchronizationRule>, found <${root.name}>: this is not a rule file. Copy the whole export folder again from the server.`,
    );
  const remaining = new Remaining();
  const required = (name: string): string => requiredText(document, remaining, root, name);
  const optional = (name: string): string => remaining.takeText(root, name) ?? "";
  const direction = required("direction");
  if (direction !== "Inbound" && direction !== "Outbound")
    throw new BadInput(
      `${placeOf(document, root)}: <direction> is "${direction}", neither Inbound nor Outbound. Make a new export.`,
    );
  const precedence = required("precedence");
  if (!/^-?\d+$/.test(precedence))
    throw new BadInput(`${placeOf(document, root)}: <precedence> is "${precedence}", not a number. Make a new export.`);
  const connectorId = guid(required("connector"));
  const connector = connectorNames.get(connectorId);
  const name = required("name");
  if (connector === undefined)
    throw new BadInput(
      `${placeOf(document, root)}: rule "${name}" belongs to connector ${connectorId}, but no file in Connectors is that connector: the folder was copied partly or mixes two servers. Copy the whole export folder again.`,
    );
  const immutableTag = optional("immutable-tag");
  const after = guid(optional("precedence-after"));
  const before = guid(optional("precedence-before"));
  const rule: Omit<SynchronizationRule, "rest"> = {
    id: guid(required("id")),
    name,
    direction,
    description: optional("description"),
    immutableTag,
    standard: /^Microsoft\./.test(immutableTag),
    disabled: truth(document, remaining, root, "disabled"),
    connectorId,
    connector,
    sourceObjectType: required("sourceObjectType"),
    targetObjectType: required("targetObjectType"),
    linkType: required("linkType"),
    precedence: Number(precedence),
    precedenceAfter: after === "" || after === noGuid ? undefined : after,
    precedenceBefore: before === "" || before === noGuid ? undefined : before,
    softDeleteExpiryInterval: optional("softDeleteExpiryInterval"),
    enablePasswordSync: truth(document, remaining, root, "EnablePasswordSync"),
    scope: groups(remaining, child(root, "synchronizationCriteria"), "scope", readScope),
    join: groups(remaining, child(root, "relationshipCriteria"), "condition", readJoin(document)),
    mappings: childrenNamed(remaining.take(child(root, "attribute-mappings")), "mapping").map((element) =>
      readMapping(document, remaining, element),
    ),
    file: document.file.name,
  };
  return { ...rule, rest: remaining.below(root) };
}

function groups<Condition>(
  remaining: Remaining,
  criteria: XmlElement | undefined,
  name: string,
  readCondition: (remaining: Remaining, element: XmlElement) => Condition,
): readonly (readonly Condition[])[] {
  return childrenNamed(remaining.take(criteria), "conditions").map((group) =>
    childrenNamed(remaining.take(group), name).map((element) => readCondition(remaining, element)),
  );
}

function readScope(remaining: Remaining, element: XmlElement): ScopeCondition {
  return {
    attribute: remaining.takeText(element, "csAttribute") ?? "",
    operator: remaining.takeText(element, "csOperator") ?? "",
    value: exactText(remaining.take(child(element, "csValue"))),
  };
}

function readJoin(document: XmlDocument) {
  return (remaining: Remaining, element: XmlElement): JoinCondition => ({
    attribute: remaining.takeText(element, "csAttribute") ?? "",
    metaverseAttribute: remaining.takeText(element, "ilmAttribute") ?? "",
    caseSensitive: truth(document, remaining, element, "caseSensitive"),
  });
}

function readMapping(document: XmlDocument, remaining: Remaining, element: XmlElement): AttributeMapping {
  const target = requiredText(document, remaining, element, "dest");
  const source = child(element, "src");
  const sources = childrenNamed(source, "attr").map((attribute) => remaining.take(attribute)?.text.trim() ?? "");
  const expression = remaining.takeText(element, "expression");
  const constant = exactText(source);
  let flow: AttributeMapping["flow"];
  if (expression !== undefined && expression !== "") flow = { kind: "expression", expression, sources };
  else if (sources.length > 0) flow = { kind: "direct", source: sources.join(", ") };
  else flow = { kind: "constant", value: constant };
  if (flow.kind === "constant" || constant.trim() === "") remaining.take(source);
  const mergeType = remaining.takeText(element, "valueMergeType") ?? "";
  const once = element.attributes["execute-once"];
  remaining.take(element, ...(once === undefined || /^(true|false)$/i.test(once) ? ["execute-once"] : []));
  const rest = remaining.below(element);
  remaining.takeWhole(element);
  return { target, flow, mergeType, executeOnce: once?.toLowerCase() === "true", rest };
}
