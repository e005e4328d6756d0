import type { Finding } from "../../review/verdict";
import { readiness } from "../findings";
import type { Role } from "../settings/settings";
import { stillCounts } from "../settings/until";
import type { Question } from "./question";
import {
  type RoleChange,
  roleChangeProblems,
  roleChanges,
  roleChangeTable,
  type SwitchRecordRead,
} from "./roleChanges";

/** What is permitted of roles, and must be seen all the same: a preview tells it before anything happens. */
export function roleChangeFindings(question: Question, record: SwitchRecordRead): readonly Finding[] {
  return [
    ...roleChanges(question).map((change) => changeFinding(change, question, record)),
    ...acknowledgement(question),
    ...nobodyActive(question),
  ];
}

function changeFinding(change: RoleChange, question: Question, record: SwitchRecordRead): Finding {
  const { name, path, from, to } = change;
  const said = record.kind === "read" ? record.says : undefined;
  const byWord = roleChangeTable[from][to] === "record" && roleChangeProblems(withoutWord(question), record).length > 0;
  const unproven = !byWord && roleChangeTable[from][to] === "record" && said?.state === "promoted, unproven";
  const why = byWord
    ? `somebody answers for it (${question.settings.roleSwitch.acknowledge?.reason ?? ""}), no record shows it`
    : said !== undefined && roleChangeTable[from][to] === "record"
      ? `by the record: "${said.state}" at ${new Date(said.at).toISOString()}, entry ${said.entries}, hash ${said.head.slice(0, 16)}`
      : (happens[to] ?? "");
  return readiness("role-changes", byWord || unproven ? "warning" : "info", name, {
    title: `${name} was declared ${from} and is declared ${to} now: ${why}`,
    cause: path,
    next: unproven
      ? "wait for its first export, and call entra-connect switch until its state is done"
      : byWord
        ? "look at who exports (docs/switch.md, what Microsoft Graph says)"
        : "",
  });
}

const withoutWord = (question: Question): Question => ({
  ...question,
  settings: { ...question.settings, roleSwitch: {} },
});

const happens: Readonly<Partial<Record<Role, string>>> = {
  passive: "it is asked whether it is in staging mode, and believed nothing else",
  fenced: "it is kept from exporting, and not asked or changed otherwise",
  lost: "it is not asked any more",
  active: "nothing of it is changed any more",
};

function acknowledgement({ settings, today }: Question): readonly Finding[] {
  const { acknowledge } = settings.roleSwitch;
  if (acknowledge === undefined) return [];
  const { reason, until } = acknowledge;
  return [
    readiness("role-switch-acknowledged", "warning", settings.name, {
      title: stillCounts(acknowledge, today)
        ? `until ${until} roles may change on somebody's word (${reason})`
        : `that roles may change on somebody's word ended on ${until} and counts no more (${reason})`,
      cause: "roleSwitch.acknowledge",
      next: "take it out of the settings as soon as it has served",
    }),
  ];
}

/** Only where the pair is declared: most stacks say nothing of the active server. */
function nobodyActive({ settings }: Question): readonly Finding[] {
  const roles: readonly Role[] = [...settings.generations, ...settings.otherServers].map(({ role }) => role);
  if (settings.otherServers.length === 0 || roles.includes("active")) return [];
  return [
    readiness("nobody-declared-active", "warning", settings.name, {
      title: "no server of the pair is declared active: as declared, nobody exports, and changes wait",
      cause: "otherServers, generations.<N>.role",
      next: "nothing in the middle of a switch or while Cloud Sync provisions; else role: active for the one that exports",
    }),
  ];
}
