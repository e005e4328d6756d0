/** What a script knows and no documented rehearsal meets; docs/rehearsal.md has a row of each. */
export const leftOut = {
  words: "words of a run command that are not the script's parameters",
  package: "a package of another signer or version than the settings name",
  join: "a join that Windows refuses",
  log: "a wizard's log in UTF-16",
  changedTask: "an archive's task whose script or settings somebody changed on the server",
  link: "a folder of ours on the server that is a link or mount point",
  busyEngine: "an engine that is busy longer than the archive's task waits",
  noEngine: "an archive's task on a server without Entra Connect",
  fullQueue: "a full queue of collections",
  otherBytes: "an archive that has other bytes than the server sent",
  longReport: "a report of health that is too long for one event",
} as const;

/** Left to the test PowerShell: neither a success nor a stop of the script's own. */
export class NotRehearsed extends Error {
  constructor(what: keyof typeof leftOut) {
    super(
      `The emulated Windows does not rehearse ${leftOut[what]}; the test PowerShell does. ` +
        "Name it in ENTRA_CONNECT_TEST_POWERSHELL (docs/rehearsal.md).",
    );
  }
}
