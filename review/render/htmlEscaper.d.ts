/** html-escaper brings no types. */
declare module "html-escaper" {
  /** Replaces & < > ' and ". */
  function escapeHtml(text: string): string;

  export { escapeHtml as escape };
}
