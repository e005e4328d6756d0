/** Mirrors Stop-Collecting: a run that ends without a collection. */
export class ArchivingFailure extends Error {
  constructor(
    readonly exitCode: number,
    readonly what: string,
    readonly why: string,
    readonly next: string,
  ) {
    super(what);
  }
}

/** The script's own. */
export const exitCodes = { archived: 0, waiting: 40, failed: 41, busy: 42, changed: 43, silent: 44 } as const;

export const again =
  "Run pulumi up, which lays it there again; on a server that an operator set up by hand run install.ps1 of the bundle again.";
