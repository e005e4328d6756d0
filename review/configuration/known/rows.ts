import { fromGap, type GapCode } from "../../importGaps";
import type { Severity } from "../../verdict";
import type { KnownSetting } from "./model";

type Named = Pick<KnownSetting, "name" | "pattern">;
type More = Partial<KnownSetting>;

const inWizard = "Decide which value is right and set it on the other server too, in the wizard.";

/** A pair may differ here. */
export const perServer = (named: Named, means: string, more: More = {}): KnownSetting => ({
  ...named,
  equality: "per-server",
  class: "expected",
  severity: "info",
  means,
  cause: "Two servers of a pair may differ here.",
  next: "",
  ...more,
});

/** Chosen in the wizard of each server. */
export const chosen = (named: Named, means: string, severity: Severity = "warning", more: More = {}): KnownSetting => ({
  ...named,
  equality: "text",
  class: "your-change",
  severity,
  means,
  cause: "This is chosen in the wizard; it was changed on one server only.",
  next: inWizard,
  ...more,
});

/** What the wizard's import of settings leaves out. */
export const gap = (named: Named, means: string, code: GapCode): KnownSetting => {
  const { class: kind, cause, next } = fromGap(code);
  return { ...named, equality: "text", class: kind, severity: "warning", means, cause, next };
};

/** Names a forest, domain or tenant. */
export const outside = (named: Named, means: string, next: string, more: More = {}): KnownSetting => ({
  ...named,
  equality: "outside-world",
  class: "unexplained",
  severity: "blocking",
  means,
  cause: "This names something outside the server, so it is the same on both servers of a pair.",
  next,
  code: "outside-identity-differs",
  ...more,
});

/** How a connector reaches its directory, set by hand. */
export const byHand = (named: Named, means: string, more: More = {}): KnownSetting => ({
  ...named,
  equality: "text",
  class: "your-change",
  severity: "warning",
  means,
  cause: "It was set by hand on one server.",
  next: "Set it alike on both servers (Synchronization Service Manager, connector properties).",
  code: "connectivity-differs",
  ...more,
});

/** A row for each parameter of that exact name. */
export const exactly = (...names: readonly string[]): Named => ({
  name: names.join(", "),
  pattern: new RegExp(`^(${names.map((name) => name.replaceAll(".", "\\.")).join("|")})$`, "iu"),
});

/** A row for all parameters that begin so. */
export const beginning = (...names: readonly string[]): Named => ({
  name: names.map((name) => `${name}*`).join(", "),
  pattern: new RegExp(`^(${names.map((name) => name.replaceAll(".", "\\.")).join("|")})`, "iu"),
});
