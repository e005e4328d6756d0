import { escape as escapeHtml } from "html-escaper";
import { visible } from "./visible";

export const text = (value: string): string => escapeHtml(visible(value));

export const shortened = (value: string, most: number): string => {
  const characters = [...visible(value)];
  return characters.length <= most ? characters.join("") : `${characters.slice(0, most - 1).join("")}…`;
};

/** Inline SVG without styles of its own: colours are classes of the page, so that they follow light and dark. */
export function svg(width: number, height: number, title: string, description: string, body: string): string {
  return `<svg role="img" viewBox="0 0 ${width} ${height}" class="picture" preserveAspectRatio="xMinYMin meet"><title>${text(title)}</title><desc>${text(description)}</desc>${body}</svg>`;
}
