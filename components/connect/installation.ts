import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { argumentsText } from "../../scripts/assemble";
import type { Connection, RemoteAccess } from "../access/access";
import { projectFolder } from "../settings/readSettings";
import type { Settings } from "../settings/settings";
import { instructionsFile, operatorInstructions, paths } from "./instructions";
import { type Mode, reinstateArguments, type Step, stepArguments, stepsOf } from "./plan";
import { remoteScript } from "./remoteScript";

export interface InstallationArgs {
  readonly settings: Settings;
  readonly generation: number;
  readonly access: RemoteAccess;
  readonly guard: pulumi.Resource;
  readonly mode: Mode;
  readonly vmId: pulumi.Input<string>;
  /** Whether the operator's instructions go to the log when the gate is reached. */
  readonly announceGate: boolean;
}

/** The provider's SFTP wants forward slashes to find parent folders (facts/command-provider.md, CopyToRemote). */
const sftpPath = (windowsPath: string): string => windowsPath.replaceAll("\\", "/");

/** What the steps answered; undefined for a frozen generation, which is not asked, and for a step that it has not. */
export type Answers = { readonly [S in Step]?: pulumi.Output<string | undefined> };

/**
 * Entra Connect on one machine: prerequisites -> package -> settings file -> gate -> verification -> first import and
 * synchronization; before all of them the reinstatement, where the settings ask for one. Each step waits for the one
 * before; none has a delete action.
 */
export class Installation extends pulumi.ComponentResource {
  readonly answers: Answers;
  readonly last: pulumi.Resource;

  constructor(name: string, args: InstallationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("entra-connect:connect:Installation", name, {}, opts);
    const { settings, generation, access, guard, mode } = args;
    const inputs = stepArguments(settings, generation);
    const files = mode.kind === "frozen" ? {} : this.fileCopies(name, args);
    const stdinOf = (script: Step): pulumi.Input<string> =>
      script === "reinstate"
        ? pulumi.output(args.vmId).apply((id) => argumentsText(script, reinstateArguments(settings, generation, id)))
        : argumentsText(script, inputs[script]);
    const answers: Partial<Record<Step, pulumi.Output<string | undefined>>> = {};
    let firstCopy: pulumi.Resource | undefined;
    let before: pulumi.Resource = guard;
    for (const script of stepsOf(settings, generation, mode)) {
      const file = files[script]?.(before);
      const { copy, run } = remoteScript(
        name,
        {
          script,
          stdin: stdinOf(script),
          connection: access.connection,
          // Always this one's too, so that a reinstatement that comes or goes changes no other resource.
          copyConnection:
            firstCopy === undefined || script === "prerequisites" ? access.firstConnection : access.connection,
          mode,
          vmId: args.vmId,
          after: file === undefined ? [before] : [before, file],
          copyAfter: firstCopy === undefined ? [guard] : [guard, firstCopy],
          showProgress: script === "await-wizard",
        },
        this,
      );
      firstCopy ??= copy;
      if (script === "receive-settings-file" && args.announceGate) this.announceGate(settings, generation, mode, run);
      answers[script] = mode.kind === "frozen" ? pulumi.output(undefined) : run.stdout;
      before = run;
    }
    this.answers = answers;
    this.last = before;
    this.registerOutputs();
  }

  /** The installer and the settings file, each delivered right before the step that proves it. */
  private fileCopies(
    name: string,
    { settings, access, vmId }: InstallationArgs,
  ): Partial<Record<Step, (after: pulumi.Resource) => pulumi.Resource>> {
    const { connect } = settings;
    const where = paths(settings);
    const copy =
      (suffix: string, file: string, remotePath: string, connection: pulumi.Input<Connection>) =>
      (after: pulumi.Resource) =>
        new remote.CopyToRemote(
          `${name}-${suffix}`,
          {
            connection,
            source: new pulumi.asset.FileAsset(resolve(projectFolder(), file)),
            remotePath: sftpPath(remotePath),
            triggers: [vmId],
          },
          { parent: this, dependsOn: [after] },
        );
    return {
      "install-package": copy("installer", connect.installer.path, where.installer, access.connection),
      "receive-settings-file": copy(
        "settings-file",
        connect.settingsFile.path,
        where.incomingSettingsFile,
        access.connection,
      ),
    };
  }

  /** Before the wait begins, the log and a file beside the project say what the operator must do. */
  private announceGate(settings: Settings, generation: number, mode: Mode, before: remote.Command): void {
    if (mode.kind === "frozen" || pulumi.runtime.isDryRun()) return;
    before.stdout.apply(async () => {
      const text = operatorInstructions(settings, generation);
      const file = join(projectFolder(), instructionsFile(settings, generation));
      await writeFile(file, text);
      await pulumi.log.info(`${text}\n(also in ${file})`, this);
    });
  }
}
