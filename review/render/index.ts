export { renderHtml } from "./html";
export { renderMarkdown } from "./markdown";
export type { Block, Cell, Page, Section, SideBySideRow, Tone } from "./page";
export { renderText, type TextOptions } from "./text";
export { describeValue, visible } from "./visible";
export { type Format, formats, renderJson, type Writing, writeReport } from "./write";
