import type { Check } from "../../scripts/checks";
import { forms } from "./forms";
import { settingsSchema } from "./schema";

/** The form of the settings; `verbose`, because explain.ts tells problems from the schema's own words. */
export const settingsCheck: Check = {
  name: "settings",
  schema: settingsSchema,
  options: {
    allErrors: true,
    useDefaults: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    verbose: true,
  },
  standardFormats: ["ipv4", "date"],
  formats: Object.fromEntries(Object.entries(forms).map(([name, { matches }]) => [name, matches])),
};
