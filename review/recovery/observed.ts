import type { Reading } from "./checkpoint";

/** Everything that was seen of one stack, before anything is decided. */
export interface Observed {
  readonly project: string;
  readonly stack: string;
  /** `file`: a folder of this machine (or one that it sees). `storage`, `cloud`: only the pulumi command line reaches those. */
  readonly backend: { readonly kind: "file" | "storage" | "cloud"; readonly url: string };
  /** Only of a file backend; others do not tell. */
  readonly locks: readonly SeenLock[];
  readonly state: { readonly file: string; readonly reading: Reading };
  /** A side file (`.attrs`) that Pulumi reads before the state, and that was cut: the state cannot be read because of it. */
  readonly cutSideFile?: string;
  /** Older states; only of a file backend. */
  readonly backups: readonly SeenBackup[];
  readonly commands: Commands;
}

export interface SeenLock {
  readonly file: string;
  /** `dead`: it names this machine and a process that no longer runs. Nobody else can be told to be dead from here. */
  readonly holder: "dead" | "alive" | "elsewhere" | "unreadable";
  readonly pid?: number;
  readonly user?: string;
  readonly host?: string;
  readonly since?: string;
}

export interface SeenBackup {
  readonly file: string;
  /** Where it comes from, for people. */
  readonly origin: string;
  readonly reading: Reading;
}

/** What a person types in this place. */
export interface Commands {
  /** What was typed and failed; default `up`. */
  readonly again?: string;
  readonly up: string;
  readonly recover: string;
  readonly cancel: string;
  readonly refresh: string;
}

/** One thing to do, and exactly to what. */
export type Step =
  | { readonly kind: "remove-lock"; readonly lock: SeenLock }
  | { readonly kind: "set-aside"; readonly file: string }
  | { readonly kind: "restore"; readonly file: string; readonly from: string }
  /** `root`: URN of the stack itself, the one resource whose refresh asks no provider. */
  | { readonly kind: "clear-pending"; readonly root: string; readonly urns: readonly string[] }
  /** Whether Azure still has what was being deleted. */
  | { readonly kind: "look"; readonly urns: readonly string[] };
