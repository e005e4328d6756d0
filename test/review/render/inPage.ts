/** What runs inside the browser, as text: the rest of the repository is compiled without the types of a browser. */

export interface Structure {
  readonly language: string;
  readonly landmarks: readonly number[];
  readonly levels: readonly number[];
  readonly ids: readonly string[];
  readonly deadLinks: readonly string[];
  readonly unnamedTables: number;
  readonly headersWithoutScope: number;
}

export const structureOfPage = `({
  language: document.documentElement.lang,
  landmarks: ["header", "nav", "main", "[role=search]"].map((part) => document.querySelectorAll(part).length),
  levels: [...document.querySelectorAll("header :is(h1,h2), main :is(h1,h2,h3,h4,h5,h6)")].map((h) => Number(h.tagName.slice(1))),
  ids: [...document.querySelectorAll("[id]")].map((element) => element.id),
  deadLinks: [...document.querySelectorAll("a[href]")]
    .map((link) => link.getAttribute("href").slice(1))
    .filter((id) => document.getElementById(id) === null),
  unnamedTables: [...document.querySelectorAll("table")].filter((t) => !t.caption && !t.getAttribute("aria-label")).length,
  headersWithoutScope: document.querySelectorAll("th:not([scope])").length,
})`;

/** Every element with text of its own against the nearest painted ground: those below 4.5 to 1. */
export const weakContrasts = `(() => {
  const channels = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = (colour) => {
    const [red, green, blue] = channels(colour).map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (channels(colour)[3] !== 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  for (const details of document.querySelectorAll("details")) details.open = true;
  const weak = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== "");
    if (!own || element.tagName === "SCRIPT") continue;
    const [light, dark] = [luminance(getComputedStyle(element).color), luminance(ground(element))].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < 4.5) weak.push(element.tagName + "." + element.className + ": " + ratio.toFixed(2));
  }
  return weak;
})()`;
