import type { Finding } from "../../review/verdict";
import type { ScriptAnswers, ScriptArguments } from "../../scripts/assemble";
import { readiness } from "../findings";
import type { RememberedGeneration } from "../memory/remembered";
import { storedAnswer } from "../memory/storedAnswer";
import { generationNames, serverResourceGroup } from "../server/names";
import type { GenerationSettings, Problem, Settings } from "../settings/settings";

/** The machine's state in Azure by its instance view, read in this run; `unread`: whoever runs this may not, or it has none. */
export type Power = "running" | "deallocated" | "stopped" | "other" | "unread";

/** `PowerState/…` of an instance view's statuses (facts: Microsoft.Compute, VirtualMachineInstanceView). */
export function powerOf(codes: readonly string[]): Power {
  const state = codes
    .find((code) => /^PowerState\//iu.test(code))
    ?.slice("PowerState/".length)
    .toLowerCase();
  if (state === undefined) return "unread";
  return state === "running" || state === "deallocated" || state === "stopped" ? state : "other";
}

export interface FenceQuestion {
  readonly settings: Settings;
  readonly block: GenerationSettings;
  readonly remembered: RememberedGeneration | undefined;
  readonly power: Power;
  /** Whether the state holds its fence's command. */
  readonly held: boolean;
  /** Since when it is declared fenced: what was answered before is another fencing's. */
  readonly since: string | undefined;
}

/** Whether anybody can be expected to answer over SSH. */
export const mayAnswer = (power: Power): boolean => power === "running" || power === "unread";

/**
 * Whether its service is stopped by the script in this stack: never where nobody would answer, since a connection that times
 * out would fail every run. Once it was asked it stays, whatever becomes of the machine.
 */
export function stopsService({ block, power, held }: Pick<FenceQuestion, "block" | "power" | "held">): boolean {
  if (block.role !== "fenced") return false;
  return held || (block.fence.disableService && mayAnswer(power));
}

/** Why the script runs at all in this run: it never answered for this fencing. */
export const fenceArguments = (
  settings: Settings,
  { generation }: GenerationSettings,
  { vmId, since }: { readonly vmId: string; readonly since: string },
): ScriptArguments["fence"] => ({
  computerName: generationNames(settings.name, generation).machine,
  vmId,
  generation,
  since,
});

/** Of one that is to come back: it proves staging over SSH, so it has to run. Told here, in place of a connection that times out. */
export function notStarted(settings: Settings, wasFenced: ReadonlySet<number>, power: ReadonlyMap<number, Power>) {
  return settings.generations
    .filter(({ generation, role }) => role === "passive" && wasFenced.has(generation))
    .flatMap(({ generation }): readonly Problem[] => {
      const now = power.get(generation) ?? "unread";
      if (now === "unread" || mayAnswer(now)) return [];
      const { machine } = generationNames(settings.name, generation);
      return [
        {
          path: `generations.${generation}.role`,
          problem: `${machine} was fenced and does not run (Azure says ${powerWords[now]}): it cannot be asked whether it is in staging mode`,
          write: `role: fenced as before; or start it, az vm start --resource-group ${serverResourceGroup(settings)} --name ${machine}, and up`,
        },
      ];
    });
}

/** Said while a fence is made: what SSH says when it fails are the command plugin's words, not ours. */
export function fencingNote(settings: Settings, { generation }: GenerationSettings): string {
  const { machine } = generationNames(settings.name, generation);
  return [
    `${machine} is being fenced: its synchronization service is stopped and disabled over SSH.`,
    '  If that fails ("unable to authenticate", "i/o timeout", "connection refused"), the rest of the fence stands. Then deallocate it,',
    `  az vm deallocate --resource-group ${serverResourceGroup(settings)} --name ${machine}, and run up again: a machine that does not run is`,
    `  not asked. Or write generations.${generation}.fence: { disableService: false }, if its power and its network are to be enough.`,
  ].join("\n");
}

/**
 * What of a fence is proven now, and what is not. `asked`: the service is being stopped in this run.
 *
 * A finding for the whole, and one for each part that the settings want and nothing proves.
 */
export function fenceFindings(question: FenceQuestion): readonly Finding[] {
  const { settings, block, remembered, power, since } = question;
  if (block.role !== "fenced") return [];
  const { fence, generation } = block;
  const { machine } = generationNames(settings.name, generation);
  const group = serverResourceGroup(settings);
  const cause = `generations.${generation}.fence`;
  const answer = answerSince(storedAnswer("fence", remembered?.fence), since);
  const stopping = answer === undefined && stopsService(question) && mayAnswer(power);
  const deallocate = `az vm deallocate --resource-group ${group} --name ${machine}, then up: it reads the power state anew`;
  const parts = [
    fence.deallocated && power === "deallocated" ? "Azure says that it is deallocated" : undefined,
    fence.disableService && answer !== undefined ? serviceWords(answer, power) : undefined,
    fence.disableService && stopping ? "its synchronization service is stopped and disabled in this run" : undefined,
    fence.cutOutbound ? "the rule out-fence of its security group denies everything outbound" : undefined,
  ].filter((part) => part !== undefined);
  const holds =
    power === "deallocated" || (fence.disableService && (answer !== undefined || stopping))
      ? ""
      : ", which alone proves nothing yet";
  const findings: Finding[] = [
    readiness("fence", "info", machine, {
      title: `${machine} is fenced: ${parts.join("; ")}${holds}`,
      cause: `generations.${generation}.role`,
      next: "nothing asks it and nothing of it is changed; the end of a fence: docs/switch.md",
    }),
  ];
  if (fence.deallocated && power !== "deallocated")
    findings.push(
      readiness("fence-not-deallocated", "warning", machine, {
        title:
          power === "unread"
            ? `${machine} is fenced, and its power state in Azure could not be read: that it is deallocated is not proven`
            : `${machine} is fenced and not deallocated (Azure says ${powerWords[power]})`,
        cause: `${cause}.deallocated`,
        next:
          power === "unread"
            ? `the right to read the machine (Reader) for whoever runs this; az vm get-instance-view --resource-group ${group} --name ${machine} shows it`
            : `${deallocate}; take away the right to start it again (a CanNotDelete lock does not)`,
      }),
    );
  if (fence.disableService && answer === undefined && !stopping)
    findings.push(
      readiness("fence-service-not-disabled", "warning", machine, {
        title: `${machine} is fenced, and that its synchronization service is disabled is not proven: the machine does not run${power === "other" ? " (Azure says that its power is changing)" : ""}, so nothing was asked`,
        cause: `${cause}.disableService`,
        next: "nothing while it is deallocated; as soon as it runs, up at once: it stops the service. Or disableService: false, if its power and its network are to be enough",
      }),
    );
  if (fence.cutOutbound && power === "running" && !fence.disableService)
    findings.push(
      readiness("fence-connections-stand", "warning", machine, {
        title: `${machine} is fenced by its network alone: connections that stood before the rule survive it, so nothing proves that it is cut off`,
        cause: `${cause}.cutOutbound`,
        next: `${deallocate}; or restart the machine (az vm restart --resource-group ${group} --name ${machine})`,
      }),
    );
  return findings;
}

type Answer = ScriptAnswers["fence"];

/** An hour is left to the server's clock. */
function answerSince(answer: Answer | undefined, since: string | undefined): Answer | undefined {
  if (answer === undefined || since === undefined) return answer;
  return Date.parse(answer.collectedAt) < Date.parse(since) - 3_600_000 ? undefined : answer;
}

const powerWords: Readonly<Record<Exclude<Power, "unread">, string>> = {
  running: "that it runs",
  deallocated: "that it is deallocated",
  stopped: "that it is stopped and still allocated: whoever starts it starts Windows with all its services",
  other: "that its power is changing",
};

/** A machine that runs may have been changed by whoever is administrator there: it is asked once, and that is said. */
function serviceWords({ outcome, staging, collectedAt }: Answer, power: Power): string {
  if (outcome === "no-entra-connect") return `there was no Entra Connect on it at ${collectedAt}`;
  return `its synchronization service was stopped and disabled at ${collectedAt} (staging mode was ${staging === "unclear" ? "not readable" : staging})${power === "deallocated" ? "" : ", and was not asked again: the machine is not deallocated"}`;
}
