import * as pulumi from "@pulumi/pulumi";
import type { RestartAfterJoinAnswer } from "../../scripts/answers";
import { Refusal } from "../refusal";
import { now, pause } from "../settings/clock";

/** How long Windows takes to end its services once it goes down; until then its old SSH server may still answer. */
const goingDownSeconds = 60;

/** Seconds that are left until nobody answers any more, counted from the server's answer. */
export function secondsUntilDown({ outcome, delaySeconds, collectedAt }: RestartAfterJoinAnswer, at: Date): number {
  if (outcome !== "restarting") return 0;
  const passed = Math.max(0, (at.getTime() - Date.parse(collectedAt)) / 1000);
  return Math.max(0, delaySeconds + goingDownSeconds - passed);
}

/**
 * What comes after the restart waits until the old Windows has gone down, and then dials until the new one answers. Whoever
 * dialled at once would meet the old one, and his connection would be cut.
 */
export function afterRestart(
  heard: pulumi.Output<unknown>,
  answer: pulumi.Output<RestartAfterJoinAnswer>,
): pulumi.Output<unknown> {
  if (pulumi.runtime.isDryRun()) return heard;
  return pulumi.all([heard, answer]).apply(([, said]) => pause(secondsUntilDown(said, now())));
}

/**
 * What is remembered of a member's join is that one machine's. Where this run has made another machine in its place, the
 * next one knows that it is not a member, and asks for its secret.
 */
export function sameMachine(
  member: string,
  machine: string,
  vmId: pulumi.Output<string>,
  heard: pulumi.Output<unknown>,
): pulumi.Output<unknown> {
  if (pulumi.runtime.isDryRun()) return heard;
  return pulumi.all([heard, vmId]).apply(([, id]) => {
    if (id.toLowerCase() === member.toLowerCase()) return;
    throw new Refusal(
      [
        `${machine} was made anew in this run (${id}); the one that was joined to the domain was ${member}.`,
        "  why: what joined that one is used up: a second use would break, or not make, the trust of the domain",
        `  next: delete the computer account ${machine} in the domain, then run pulumi up again, which says how to make a new secret for it`,
      ].join("\n"),
    );
  });
}
