/** How things are typed here. */
export interface Typed {
  /** This command, without `--yes`. */
  readonly command: string;
  /** The next run. */
  readonly up: string;
}
