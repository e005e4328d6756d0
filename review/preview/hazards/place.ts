import { isJsonObject } from "../../evidence/json";
import type { Json } from "../../verdict";
import type { PropertyChange } from "../changes";
import type { HazardCode } from "../hazardTable";
import { isLedger, type Landscape } from "../landscape";
import { type LeafChange, leavesOf } from "../leaves";
import type { Detector, Raised } from "../raised";
import { isProvider } from "../resourceKinds";
import { meantChanges, type ResourceChange } from "../steps";
import { fromTo } from "../wording";

export const placeHazards: Detector = (landscape) => [
  ...landscape.changes.flatMap((change) => [...providerOf(change), ...byProperty(change)]),
  ...configured(landscape),
];

/** `urn:…::pulumi:providers:azure-native::default_3_28_0::UUID` without version and identity. */
function providerName(reference: Json | undefined): string | undefined {
  if (typeof reference !== "string" || reference === "") return undefined;
  const [, , type = "", name = ""] = reference.split("::");
  return `${type.replace("pulumi:providers:", "")} ${name.replace(/^default(_[\d_]+\w*)?$/u, "default")}`.trim();
}

function providerOf(change: ResourceChange): readonly Raised[] {
  if (change.old?.provider === change.new?.provider) return [];
  const [before, after] = [providerName(change.old?.provider), providerName(change.new?.provider)];
  if (before === undefined || after === undefined || before === after) return [];
  const properties: PropertyChange[] = [{ path: "provider", old: before, new: after }];
  return [{ code: "provider-changed", change, what: `${before} → ${after}`, properties }];
}

const settings: readonly (readonly [RegExp, HazardCode])[] = [
  [/^(subscriptionId|accountId|allowedAccountIds|project)$/u, "subscription-changed"],
  [/^tenantId$/u, "tenant-changed"],
  [/^(location|region|zone)$/u, "region-changed"],
];

/** Settings of a provider, of the ledger, and subscriptions in ids that resources name. */
function byProperty(change: ResourceChange): readonly Raised[] {
  if (change.action === "create" || change.action === "nothing") return [];
  if (isProvider(change.type)) {
    const meant = meantChanges(change);
    if (change.action === "delete" || meant.length === 0) return [];
    const raised = settings.flatMap(([at, code]): Raised[] => {
      const met = meant.filter(({ path }) => at.test(path));
      return met.length === 0 ? [] : [{ code, change, what: met.map(fromTo).join(", "), properties: met }];
    });
    return raised.length > 0
      ? raised
      : [{ code: "provider-changed", change, what: meant.map(({ path }) => path).join(", "), properties: meant }];
  }
  if (isLedger(change)) {
    return leavesOf(change).flatMap((leaf): Raised[] => {
      if (leaf.old === null) return [];
      const code =
        leaf.at === "input.subscriptionId"
          ? "subscription-changed"
          : leaf.at === "input.tenantId"
            ? "tenant-changed"
            : undefined;
      return code === undefined ? [] : [{ code, change, what: fromTo(leaf), properties: [leaf] }];
    });
  }
  const moved = leavesOf(change).filter(isMoved);
  return moved.length === 0
    ? []
    : [{ code: "subscription-changed", change, what: moved.map(({ path }) => path).join(", "), properties: moved }];
}

const subscriptionIn = (value: Json): string | undefined =>
  typeof value === "string" ? /^\/subscriptions\/([0-9a-f-]{36})(\/|$)/iu.exec(value)?.[1]?.toLowerCase() : undefined;

/** The same kind of thing in another subscription; an address of somebody else's network may well lie elsewhere. */
function isMoved({ old, new: next, at }: LeafChange): boolean {
  const [before, after] = [subscriptionIn(old), subscriptionIn(next)];
  return before !== undefined && after !== undefined && before !== after && !/remoteVirtualNetwork/u.test(at);
}

/** The stack's settings name a subscription in which nothing of what exists lies. */
function configured({ preview, changes }: Landscape): readonly Raised[] {
  const wanted = preview.settings["azure-native:subscriptionId"] ?? preview.settings["azure:subscriptionId"];
  if (wanted === undefined || !/^[0-9a-f-]{36}$/iu.test(wanted)) return [];
  const existing = changes.filter(
    ({ type, old }) => /^azure(-native)?:/u.test(type) && subscriptionIn(old?.id ?? null) !== undefined,
  );
  const elsewhere = existing.filter(({ old }) => subscriptionIn(old?.id ?? null) !== wanted.toLowerCase());
  const [first] = elsewhere;
  if (first === undefined || elsewhere.length < existing.length) return [];
  const was = subscriptionIn(first.old?.id ?? null) ?? "";
  const inputs = isJsonObject(first.new?.inputs) ? first.new.inputs : {};
  if (Object.values(inputs).some((value) => subscriptionIn(value) === was)) return [];
  return [
    {
      code: "subscription-changed",
      subject: "azure-native:subscriptionId",
      what: `${was} → ${wanted}`,
      properties: [{ path: "subscriptionId", old: was, new: wanted }],
    },
  ];
}
