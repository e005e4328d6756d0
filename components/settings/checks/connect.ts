import { hasTemporaryDisk, parseSize } from "../../../azure/sizes";
import { blockPath, type Check, problem } from "../context";

const pinned = "settingsFile: { path: <file exported by the wizard of the active server>, sha256: <its SHA-256> }";
const none = "withoutSettingsFile: { reason: <why there is no server to export from> }";

export const settingsFiles: Check = {
  concern: "a generation has a settings file to import, or is built without one on purpose",
  runs: "always",
  judge: ({ generations }) =>
    generations.flatMap(({ generation, connect: { settingsFile, withoutSettingsFile } }) => {
      const path = blockPath(generation, "connect.settingsFile");
      if (settingsFile === undefined && withoutSettingsFile === undefined)
        return [
          problem(path, "is missing", `${pinned}; or, where there is no active server any more, ${none} beside it`),
        ];
      if (settingsFile === undefined || withoutSettingsFile === undefined) return [];
      return [
        problem(
          blockPath(generation, "connect.withoutSettingsFile"),
          "stands beside settingsFile; only one of the two can be meant",
          "only settingsFile, if the file is to be imported; only withoutSettingsFile, if nothing is",
        ),
      ];
    }),
};

export const serviceAccounts: Check = {
  concern: "the service account can sign in to the database",
  runs: "always",
  judge: ({ generations }) =>
    generations
      .filter(({ connect }) => connect.database.kind === "sqlServer" && connect.serviceAccount.kind === "virtual")
      .map(({ generation }) =>
        problem(
          blockPath(generation, "connect.serviceAccount"),
          "the virtual service account cannot sign in to a remote SQL Server, and the account cannot be changed later",
          "{ kind: managed, name: DOMAIN\\account$ }",
        ),
      ),
};

/** The machine has its system disk alone: Azure's temporary disk takes the next letter (azure-docs, sizes). */
const temporaryDrive = "D:";

export const installLocations: Check = {
  concern: "Entra Connect is not installed on the temporary disk",
  runs: "whenBuiltIsKnown",
  judge: ({ generations }, { built }) =>
    generations.flatMap(({ generation, size, connect: { installLocation } }) => {
      const name = parseSize(size);
      const isTemporary =
        installLocation?.slice(0, 2).toUpperCase() === temporaryDrive && name !== undefined && hasTemporaryDisk(name);
      return built[generation] === undefined && isTemporary
        ? [
            problem(
              blockPath(generation, "connect.installLocation"),
              `D: is the temporary disk of ${size}: Azure empties it when the machine is deallocated or moved, and Entra Connect is gone`,
              `C:${installLocation.slice(2)}, or nothing for the wizard's own`,
            ),
          ]
        : [];
    }),
};
