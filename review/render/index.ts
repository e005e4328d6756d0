export { headlineOf } from "./headline";
export { renderHtml } from "./html";
export { mostMarkdown, renderMarkdown } from "./markdown";
export type {
  BarsBlock,
  BeforeAfterBlock,
  BeforeAfterRow,
  Block,
  Cell,
  OrderBlock,
  Page,
  Section,
  SideBySideRow,
  Tone,
} from "./page";
export { withoutCommands } from "./pipelineLog";
export { renderText, type TextOptions } from "./text";
export { todoSection } from "./todo";
export { describeValue, visible } from "./visible";
export { wrap } from "./wrap";
export { type Format, formats, renderJson, type Writing, writeReport } from "./write";
