import type { Settings } from "../../components/settings/settings";
import { validate } from "../../components/settings/validate";
import { blockFixture, today, type Written, writtenFixture } from "./settingsFixture";

export const subscription = "/subscriptions/11111111-1111-1111-1111-111111111111";
export const workspaceId = `${subscription}/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/all`;
export const notify = { emails: ["team@contoso.com"] };

export function settingsOf(change: (written: Written) => unknown): Settings {
  const written = { ...writtenFixture(), monitoring: { notify }, gate: { enableScheduler: true } };
  change(written);
  const result = validate(written, { today, built: {} });
  if (result.kind !== "valid") throw new Error(JSON.stringify(result.problems));
  return result.settings;
}

export const role = (value: string) => (written: Written) => {
  written.generations["1"] = blockFixture((block) => {
    block.role = value;
  });
};
