import { connectVersion } from "./pair";
import type { Stage } from "./stage";

export interface Story {
  readonly name: string;
  /** One line for a list. */
  readonly title: string;
  /** Entra Connect on both servers at its beginning. */
  readonly version?: string;
  readonly play: (stage: Stage) => Promise<void>;
}

const demoted = "wizard on AADC1: Configure staging mode, tick Enable staging mode, Configure, Exit";
const promoted = "wizard on AADC2: Configure staging mode, clear Enable staging mode, tick the start, Configure, Exit";

/** From a pair in order to the middle, in which nobody exports and the promotion of AADC2 is allowed. */
async function toTheMiddle(stage: Stage): Promise<void> {
  await stage.call({ expect: "not ready", finding: "change-not-stated" });
  await stage.call({ stated: true, expect: "ready to demote" });
  await stage.person(demoted, () => stage.pair.wizard("AADC1", true));
  await stage.cycles();
  await stage.call({ expect: "ready to promote" });
}

async function promoteAndProve(stage: Stage): Promise<void> {
  await stage.person(promoted, () => stage.pair.wizard("AADC2", false));
  await stage.call({ expect: "promoted, unproven" });
  await stage.cycles();
  await stage.call({ expect: "done" });
}

async function theActiveServerDies(stage: Stage): Promise<void> {
  const { pair } = stage;
  await stage.person("the host of AADC1 fails: nobody answers", () => pair.die("AADC1"));
  await stage.call({ unreachable: "AADC1", expect: "unknown", finding: "source-not-read" });
  const running = await pair.power("AADC1");
  await stage.call({ unreachable: "AADC1", power: [running], expect: "unknown", finding: "source-not-read" });
  await stage.person("az vm deallocate --resource-group rg --name aadc1", () => pair.deallocate("AADC1"));
  await stage.call({
    unreachable: "AADC1",
    power: [await pair.power("AADC1")],
    stated: true,
    expect: "fenced",
  });
  await stage.person(promoted, () => pair.wizard("AADC2", false));
  await stage.cycles();
  await stage.call({ unreachable: "AADC1", power: [await pair.power("AADC1")], expect: "done" });
}

export const stories: readonly Story[] = [
  {
    name: "switch",
    title: "a whole switch: demote, look, promote, prove",
    async play(stage) {
      await toTheMiddle(stage);
      await promoteAndProve(stage);
      stage.ends({ last: "AADC2", collisions: false });
    },
  },
  {
    name: "rollback",
    title: "back from the middle, before anybody was promoted: the page that allows it has to run out first",
    async play(stage) {
      await toTheMiddle(stage);
      await stage.call({ rollback: true, stated: true, expect: "nobody exports", finding: "source-may-be-promoted" });
      await stage.cycles(3);
      await stage.call({ stated: true, expect: "ready to promote" });
      await stage.person("wizard on AADC1: clear Enable staging mode, Configure, Exit", () =>
        stage.pair.wizard("AADC1", false),
      );
      await stage.cycles();
      await stage.call({ expect: "done" });
      stage.ends({ last: "AADC1", collisions: false });
    },
  },
  {
    name: "wrong-order",
    title: "somebody promotes AADC2 before AADC1 was demoted: seen at once, and mended in the only safe direction",
    async play(stage) {
      const { pair } = stage;
      await stage.call({ stated: true, expect: "ready to demote" });
      await stage.person("OUT OF ORDER, wizard on AADC2: clear Enable staging mode", () => pair.wizard("AADC2", false));
      await stage.cycles();
      const look = await stage.call({ expect: "two active" });
      stage.claim(
        /AADC2/.test(look.report.summary.next.title),
        "the next step is to stop the one that came out of order",
      );
      await stage.person("wizard on AADC2: tick Enable staging mode again", () => pair.wizard("AADC2", true));
      await stage.cycles(2);
      await stage.call({ stated: true, expect: "ready to demote" });
      stage.ends({ last: "AADC1", collisions: true });
    },
  },
  {
    name: "wrong-evidence",
    title: "archives that are swapped, old, or twice of one server allow nothing",
    async play(stage) {
      const { pair } = stage;
      await stage.call({ stated: true, expect: "ready to demote" });
      const [one, two] = [await pair.collect("AADC1"), await pair.collect("AADC2")];
      await stage.call({
        archives: { active: two, staging: one },
        stated: true,
        expect: "unknown",
        finding: "wrong-server",
      });
      await stage.call({
        archives: { active: two, staging: two },
        stated: true,
        expect: "unknown",
        finding: "wrong-server",
      });
      await stage.person("somebody goes to lunch with both archives", () => undefined, 75);
      await stage.call({
        archives: { active: one, staging: two },
        stated: true,
        expect: "unknown",
        finding: "evidence-too-old",
      });
      await stage.cycles();
      await stage.call({ stated: true, expect: "ready to demote" });
      stage.ends({ last: "AADC1", collisions: false });
    },
  },
  {
    name: "promoted-alone",
    title: "in the middle somebody promotes without a page that allows it: told, and still proven",
    async play(stage) {
      await stage.call({ stated: true, expect: "ready to demote" });
      await stage.person(demoted, () => stage.pair.wizard("AADC1", true));
      await stage.person(promoted, () => stage.pair.wizard("AADC2", false));
      await stage.cycles(2);
      await stage.call({ expect: "done", finding: "promoted-without-permission" });
      stage.ends({ last: "AADC2", collisions: false });
    },
  },
  {
    name: "dead",
    title: "the active server is dead: fence it, prove the fence, then promote",
    async play(stage) {
      await theActiveServerDies(stage);
      stage.ends({ last: "AADC2", collisions: false });
    },
  },
  {
    name: "returns",
    title: "the dead one comes back with its flag as it was: two exporters, and the old one is stopped",
    async play(stage) {
      const { pair } = stage;
      await theActiveServerDies(stage);
      await stage.person("somebody starts AADC1 again: az vm start", () => pair.return("AADC1"));
      await stage.cycles();
      const look = await stage.call({ expect: "two active" });
      stage.claim(/AADC1/.test(look.report.summary.next.title), "the next step is to stop the one that came back");
      await stage.person(demoted, () => pair.wizard("AADC1", true));
      await stage.cycles();
      await stage.call({ expect: "done" });
      stage.ends({ last: "AADC2", collisions: true });
    },
  },
  {
    name: "both-wizards",
    title: "two operators, both wizards open: the second one is not allowed what the first one still may do",
    async play(stage) {
      const { pair } = stage;
      await toTheMiddle(stage);
      await stage.person("operator 1 opens the wizard on AADC2, with the page in hand", () => pair.openWizard("AADC2"));
      await stage.person("operator 2 opens the wizard on AADC1, to go back", () => pair.openWizard("AADC1"));
      await stage.call({
        rollback: true,
        stated: true,
        expect: "nobody exports",
        finding: "source-may-be-promoted",
      });
      await stage.person("operator 2 closes the wizard on AADC1 without a change", () => pair.wizard("AADC1", true));
      await stage.person("operator 1 finishes: AADC2 leaves staging mode", () => pair.wizard("AADC2", false));
      await stage.cycles();
      // The record is turned round: AADC2 is the one to be demoted, and it exports, as it should.
      await stage.call({ stated: true, expect: "not ready", finding: "source-may-be-promoted" });
      await stage.cycles();
      await stage.call({ stated: true, expect: "ready to demote" });
      stage.ends({ last: "AADC2", collisions: false });
    },
  },
  {
    name: "upgrade",
    title: "an upgrade of Entra Connect in place: the passive server first, switch, the other one, and back",
    version: "2.6.84.0",
    async play(stage) {
      const { pair } = stage;
      await stage.person(
        `AADC2, passive: AzureADConnect.msi ${connectVersion}, its wizard, Upgrade; it stays in staging mode`,
        () => pair.upgrade("AADC2", connectVersion),
        30,
      );
      await stage.cycles();
      stage.claim(await pair.staging("AADC2"), "the upgraded server is still passive");
      await stage.call({ stated: true, expect: "ready to demote" });
      await stage.person(demoted, () => pair.wizard("AADC1", true));
      await stage.cycles();
      await stage.call({ expect: "ready to promote" });
      await promoteAndProve(stage);
      await stage.person(
        `AADC1, passive now: AzureADConnect.msi ${connectVersion}, its wizard, Upgrade`,
        () => pair.upgrade("AADC1", connectVersion),
        30,
      );
      await stage.cycles();
      stage.claim(await pair.staging("AADC1"), "the other one is upgraded while it is passive");
      await stage.call({ rollback: true, stated: true, expect: "ready to demote" });
      await stage.person("wizard on AADC2: tick Enable staging mode", () => pair.wizard("AADC2", true));
      await stage.cycles();
      await stage.call({ expect: "ready to promote" });
      await stage.person("wizard on AADC1: clear Enable staging mode", () => pair.wizard("AADC1", false));
      await stage.cycles();
      await stage.call({ expect: "done" });
      stage.ends({ last: "AADC1", collisions: false });
    },
  },
];
