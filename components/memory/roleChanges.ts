import type { RecordSays } from "../../review/switch/said";
import { generationNames } from "../server/names";
import type { Problem, Role } from "../settings/settings";
import { stillCounts } from "../settings/until";
import { block, type Question } from "./question";
import { leaving } from "./remembered";
import { storedAnswer } from "./storedAnswer";

/**
 * What a change of a declared role needs. `free`: nothing here. `asked`: its first run asks the server and believes nothing
 * else. `record`: the record of the switch, or somebody's word. `brought back`: proven staging, where its fence stopped its
 * service. `refused`: never.
 */
export type RoleChangeNeeds = "free" | "asked" | "record" | "brought back" | "refused";

/** From the role as last declared, to the one that is declared now. Every other pair is no change. */
export const roleChangeTable: Readonly<Record<Role, Readonly<Partial<Record<Role, RoleChangeNeeds>>>>> = {
  passive: { active: "record", fenced: "free", lost: "free" },
  active: { passive: "asked", fenced: "free", lost: "free" },
  fenced: { passive: "brought back", active: "refused", lost: "free" },
  lost: { passive: "asked", active: "refused", fenced: "free" },
};

export interface RoleChange {
  /** Bare computer name in capitals, as records have it. */
  readonly machine: string;
  /** As the settings write it. */
  readonly name: string;
  readonly path: string;
  /** Of a generation of this stack. */
  readonly generation?: number;
  readonly from: Role;
  readonly to: Role;
}

/** What was read of the record that the settings name; `absent`: they name none. */
export type SwitchRecordRead =
  | { readonly kind: "absent" }
  | { readonly kind: "unreadable"; readonly why: string; readonly write: string }
  | { readonly kind: "read"; readonly says: RecordSays };

/** A record is of what was seen; a week later much may have happened that nobody has looked at. */
export const recordCountsDays = 7;
const day = 86_400_000;
const clocksApart = 5 * 60_000;

const machineOf = (name: string, generation: number): string => generationNames(name, generation).machine.toUpperCase();

/** Roles that are declared otherwise than in the last run that passed its checks. */
export function roleChanges({
  settings,
  remembered,
}: Pick<Question, "settings" | "remembered">): readonly RoleChange[] {
  const { ledger } = remembered;
  const own = settings.generations.flatMap(({ generation, role }): RoleChange[] => {
    const before = ledger?.generations[generation];
    if (before === undefined || before.role === role) return [];
    const { machine: name } = generationNames(settings.name, generation);
    return [
      { machine: name.toUpperCase(), name, path: `${block(generation)}.role`, generation, from: before.role, to: role },
    ];
  });
  const others = settings.otherServers.flatMap(({ computerName, role }, index): RoleChange[] => {
    const machine = computerName.toUpperCase();
    const before = ledger?.otherServers?.[machine];
    if (before === undefined || before.role === role) return [];
    return [{ machine, name: computerName, path: `otherServers[${index}].role`, from: before.role, to: role }];
  });
  return [...own, ...others];
}

/** Whether the record of the switch has to be read for this run. */
export const needsRecord = (changes: readonly RoleChange[]): boolean =>
  changes.some(({ from, to }) => roleChangeTable[from][to] === "record");

/** Changes of roles that today's settings may not make. Two active servers are refused by the settings' own checks. */
export function roleChangeProblems(question: Question, record: SwitchRecordRead): readonly Problem[] {
  return [
    ...roleChanges(question).flatMap((change) => judged(change, question, record)),
    ...fencedWithoutMachine(question),
    ...fencedLeaving(question),
  ];
}

function judged(change: RoleChange, question: Question, record: SwitchRecordRead): readonly Problem[] {
  const { path, name, from, to, generation } = change;
  switch (roleChangeTable[from][to]) {
    case "refused":
      return [
        {
          path,
          problem: `${name} is declared ${from} and would become active at once, without having been asked whether it is in staging mode`,
          write:
            generation === undefined
              ? "role: passive, once its own wizard shows staging mode; then a switch with entra-connect switch, and only then active"
              : from === "fenced"
                ? "role: passive and up (it is brought back, and proves staging); then a switch with entra-connect switch, and only then active"
                : "role: passive and up (it is asked); then a switch with entra-connect switch, and only then active",
        },
      ];
    case "record": {
      const why = objection(change, question, record);
      const { acknowledge } = question.settings.roleSwitch;
      if (why === undefined) return [];
      if (acknowledge !== undefined && stillCounts(acknowledge, question.today)) {
        if (!saysTwoActive(change, record)) return [];
        return [
          {
            path,
            problem: `${name} would be declared active, and ${why.problem}, whatever is acknowledged`,
            write: why.write,
          },
        ];
      }
      const ended = acknowledge === undefined ? "" : `; roleSwitch.acknowledge ended on ${acknowledge.until}`;
      return [{ path, problem: `${name} would be declared active, and ${why.problem}${ended}`, write: why.write }];
    }
    case "brought back":
      return generation === undefined ? [] : broughtBack(generation, change, question);
    // Declared lost in between, it is fenced all the same: its answer stays in the stack until it is proven.
    case "asked":
      return generation === undefined || from !== "lost" ? [] : broughtBack(generation, change, question);
    default:
      return [];
  }
}

interface Objection {
  readonly problem: string;
  readonly write: string;
}

const acknowledged =
  "or, where there is no record, roleSwitch.acknowledge: { reason: <who switched, how it was proven>, until: <day> }";

/** Somebody's word stands for what nobody recorded, not against what was seen. */
const saysTwoActive = ({ machine }: RoleChange, record: SwitchRecordRead): boolean =>
  record.kind === "read" && record.says.state === "two active" && [record.says.from, record.says.to].includes(machine);

/** Why the record does not let this server be declared active. */
function objection({ machine }: RoleChange, question: Question, record: SwitchRecordRead): Objection | undefined {
  if (record.kind === "absent")
    return {
      problem: "nothing proves that it was promoted and that nobody else exports",
      write: `roleSwitch: { record: <folder of entra-connect switch --record> }, whose last state is "done"; ${acknowledged}. The role as before until the switch is done`,
    };
  if (record.kind === "unreadable")
    return { problem: `the record of the switch cannot be believed: ${record.why}`, write: record.write };
  const { says } = record;
  const again = "call entra-connect switch once more, with new archives of both servers, and then up";
  const at = new Date(says.at).toISOString();
  if (says.from !== machine && says.to !== machine)
    return {
      problem: `the record is of a switch from ${says.from} to ${says.to}, not of this server`,
      write: `roleSwitch.record: the folder of the switch to ${machine}; ${acknowledged}`,
    };
  if (says.state === "two active")
    return {
      problem: `the record says that two servers are active (at ${at})`,
      write: `the roles as before; stop one of them first: entra-connect switch says which, ${again}`,
    };
  if (says.roles[machine] !== "active" || says.to !== machine)
    return {
      problem: `by the record (state "${says.state}" at ${at}) it is ${says.roles[machine] ?? "not known to be active"}${says.to === machine ? "" : `, and ${says.to} is the one to be promoted`}`,
      write: `the role as before; finish the switch, ${again}, until its state is "done"`,
    };
  return recordTooOld(machine, question, says, again) ?? otherServerOf(machine, question, says);
}

function recordTooOld(
  machine: string,
  { settings, remembered, today }: Question,
  says: RecordSays,
  again: string,
): Objection | undefined {
  const at = new Date(says.at).toISOString();
  if (says.at > today.getTime() + clocksApart)
    return { problem: `the record's newest entry is of ${at}, which lies ahead`, write: `clocks put right; ${again}` };
  if (today.getTime() - says.at > recordCountsDays * day)
    return {
      problem: `the record's newest entry is of ${at}, more than ${recordCountsDays} days ago`,
      write: `the role as before; ${again}`,
    };
  const { ledger } = remembered;
  const declared = [
    ...Object.entries(ledger?.generations ?? {}).map(
      ([number, { roleSince }]) => [machineOf(settings.name, Number(number)), roleSince] as const,
    ),
    ...Object.entries(ledger?.otherServers ?? {}).map(([name, { since }]) => [name, since] as const),
  ];
  const later = declared.find(
    ([name, since]) =>
      (name === says.from || name === says.to) && since !== undefined && Date.parse(since) >= says.at + clocksApart,
  );
  if (later === undefined) return undefined;
  return {
    problem: `the record's newest entry is of ${at}, and the role of ${later[0]} was declared anew after that (${later[1] ?? ""}): it is the record of an earlier switch`,
    write: `the record of the switch to ${machine}, or ${again}`,
  };
}

/** The other one of the pair is declared too, and not as one that exports. */
function otherServerOf(machine: string, { settings, remembered }: Question, says: RecordSays): Objection | undefined {
  const other = says.from;
  const own = settings.generations.find(({ generation }) => machineOf(settings.name, generation) === other);
  const outside = settings.otherServers.find(({ computerName }) => computerName.toUpperCase() === other);
  const role = own?.role ?? outside?.role;
  const taken = Object.entries(remembered.ledger?.generations ?? {}).some(
    ([number, { out }]) => out === true && machineOf(settings.name, Number(number)) === other,
  );
  if (role === undefined && !taken) {
    const found = says.roles[other] ?? "passive";
    return {
      problem: `the record's other server, ${other}, stands nowhere in these settings`,
      write: `otherServers: [{ computerName: ${other}, role: ${found} }] beside it, so that exactly one server is active`,
    };
  }
  if (role !== "active") return undefined;
  return {
    problem: `${other}, from which the switch led away, is still declared active`,
    write: `both roles in one edit: ${other} ${says.roles[other] ?? "passive"}, ${machine} active`,
  };
}

/** A fence of ours stopped its service: only the script that proves staging starts it again. */
function broughtBack(
  generation: number,
  { path, name }: RoleChange,
  { settings, remembered, today }: Question,
): readonly Problem[] {
  const known = remembered.generations[generation];
  const answer = storedAnswer("fence", known?.fence);
  if (answer === undefined || answer.outcome === "no-entra-connect") return [];
  if (answer.staging !== "on")
    return [
      {
        path,
        problem: `${name} was not proven to be in staging mode when it was fenced (${answer.staging}): started again, it would export`,
        write: `role: fenced as before, and a new server under another number; then role: lost with an exception retireUnproven, to take it out`,
      },
    ];
  const exception = settings.generations
    .find((each) => each.generation === generation)
    ?.exceptions.find(({ kind }) => kind === "reinstate");
  if (
    exception !== undefined &&
    exception.vmId.toLowerCase() === known?.vmId?.toLowerCase() &&
    stillCounts(exception, today)
  )
    return [];
  return [
    {
      path,
      problem: `the fence stopped and disabled the synchronization service of ${name}; it is started again only on purpose`,
      write: `with role: passive, exceptions: - { kind: reinstate, reason: <why it comes back>, until: <day>, vmId: ${known?.vmId ?? "<its vmId>"} }; start the machine first (az vm start), and up`,
    },
  ];
}

const fencedWithoutMachine = ({ settings, remembered }: Question): readonly Problem[] =>
  settings.generations
    .filter(({ generation, role }) => role === "fenced" && remembered.generations[generation]?.vmId === undefined)
    .map(({ generation }) => ({
      path: `${block(generation)}.role`,
      problem: `generation ${generation} was never built by this stack, so there is nothing to fence`,
      write: "no role (passive), or no block",
    }));

/** Its guard would find a stopped service, or nobody at all: told here, in place of a connection that times out. */
function fencedLeaving({ settings, remembered }: Question): readonly Problem[] {
  return leaving(settings, remembered)
    .filter((generation) => remembered.ledger?.generations[generation]?.role === "fenced")
    .map((generation) => ({
      path: block(generation),
      problem: `generation ${generation} was declared fenced in the last run; its guard asks over SSH and finds a stopped service, or a machine that does not answer`,
      write: `its block with role: lost and an exception retireUnproven (it is deleted unasked: be sure that another server exports), up, then take it out; or with role: passive, if it is to come back`,
    }));
}
