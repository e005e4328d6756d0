import type { Finding, Severity } from "../verdict";
import type { Block, Page, Section } from "./page";

/** Sections that stay to the last, whatever else is left out. */
const lasting: ReadonlySet<string> = new Set(["servers", "findings", "todo", "made"]);

interface Step {
  readonly says: string;
  readonly shorten: (page: Page) => Page;
}

/** The same page, shorter and shorter: details first, then the least severe findings; each says what it leaves out. */
export function* shorterPages(page: Page): Generator<Page> {
  const said: string[] = [];
  let shorter = page;
  for (const { says, shorten } of steps) {
    shorter = shorten(shorter);
    said.push(says);
    yield noted(shorter, said);
  }
  for (let most = 200; most >= 1; most = Math.floor(most / 2)) {
    const cut = withFindings(shorter, (findings) => findings.slice(0, most));
    yield noted(cut, [...said, `all but the first ${most} of what is left`]);
  }
}

const steps: readonly Step[] = [
  { says: "folded sections", shorten: (page) => ({ ...page, sections: page.sections.flatMap(withoutFolded) }) },
  { says: "the details of information", shorten: (page) => withFindings(page, titlesOnly("info")) },
  {
    says: "rows beyond the first 30 of each table",
    shorten: (page) => mapBlocks(page, (block) => cutTable(block, 30)),
  },
  { says: "information", shorten: (page) => withFindings(page, without("info")) },
  {
    says: "all other sections",
    shorten: (page) => ({ ...page, sections: page.sections.filter((section) => lasting.has(section.id)) }),
  },
  { says: "the details of warnings", shorten: (page) => withFindings(page, titlesOnly("warning")) },
  { says: "warnings", shorten: (page) => withFindings(page, without("warning")) },
  { says: "the details of what blocks", shorten: (page) => withFindings(page, titlesOnly("blocking")) },
  {
    says: "what happens to each server",
    shorten: (page) => ({ ...page, sections: page.sections.filter((section) => section.id !== "servers") }),
  },
  {
    says: "the list of things to do",
    shorten: (page) => ({ ...page, sections: page.sections.filter((section) => section.id !== "todo") }),
  },
];

function noted(page: Page, said: readonly string[]): Page {
  const text = `Shortened to fit a comment. Left out: ${said.join(", ")}. The HTML and JSON reports hold everything.`;
  const note: Section = { id: "shortened", title: "Shortened", blocks: [{ kind: "paragraph", text }] };
  return { ...page, sections: [note, ...page.sections] };
}

function withoutFolded(section: Section): Section[] {
  if (section.folded && !lasting.has(section.id)) return [];
  return [{ ...section, sections: section.sections?.flatMap(withoutFolded) }];
}

function mapBlocks(page: Page, change: (block: Block) => Block): Page {
  const inSection = (section: Section): Section => ({
    ...section,
    blocks: section.blocks.map(change),
    sections: section.sections?.map(inSection),
  });
  return { ...page, sections: page.sections.map(inSection) };
}

const withFindings = (page: Page, change: (findings: readonly Finding[]) => readonly Finding[]): Page =>
  mapBlocks(page, (block) => (block.kind === "findings" ? { ...block, findings: change(block.findings) } : block));

const titlesOnly =
  (severity: Severity) =>
  (findings: readonly Finding[]): readonly Finding[] =>
    findings.map((finding) =>
      finding.severity === severity
        ? { ...finding, active: null, staging: null, cause: "", next: "", class: finding.code }
        : finding,
    );

/** Their number stays, as one line. */
const without =
  (severity: Severity) =>
  (findings: readonly Finding[]): readonly Finding[] => {
    const rest = findings.filter((finding) => finding.severity !== severity);
    const left = findings.length - rest.length;
    if (left === 0) return findings;
    const title = `${left} more, not shown here.`;
    const line: Finding = {
      code: "shortened",
      severity,
      class: "shortened",
      subject: title,
      title,
      active: null,
      staging: null,
      cause: "",
      next: "",
    };
    return [...rest, line];
  };

function cutTable(block: Block, most: number): Block {
  if (block.kind === "bars") return { ...block, rows: block.rows.slice(0, most) };
  if (block.kind === "table" || block.kind === "sideBySide")
    return { ...block, rows: block.rows.slice(0, most) } as Block;
  return block;
}
