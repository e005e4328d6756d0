/** Every colour pair below has a contrast of at least 4.5 : 1 in light and in dark; a test measures it in a browser. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --text: #1b1f24; --muted: #57606a; --line: #d0d7de; --soft: #f6f8fa; --link: #0550ae;
  --good: #116329; --good-soft: #dafbe1; --attention: #7d4e00; --attention-soft: #fff8c5;
  --bad: #a40e26; --bad-soft: #ffebe9; --mark: #ffe08a; --mark-text: #1b1f24;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12161c; --text: #e6e9ed; --muted: #9aa4af; --line: #343c46; --soft: #1b2129; --link: #79b8ff;
    --good: #6fdd8b; --good-soft: #12321d; --attention: #f2cc60; --attention-soft: #372c0b;
    --bad: #ffa198; --bad-soft: #41191b; --mark: #6b5200; --mark-text: #fff7d6;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 4rem; }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, "Segoe UI", sans-serif; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -100vw; top: 0; padding: .5rem 1rem; background: var(--ground); z-index: 2; }
.skip:focus { left: 0; }
header, .frame { max-width: 90rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 1.5rem; }
h1 { margin: 0; font-size: 1.9rem; line-height: 1.2; }
h2 { margin: 2.5rem 0 .75rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); font-size: 1.45rem; }
h3 { margin: 1.75rem 0 .5rem; font-size: 1.15rem; }
h4, h5, h6 { margin: 1.25rem 0 .5rem; font-size: 1rem; }
h1, h2, h3, h4, h5, h6, p, li { overflow-wrap: anywhere; }
p { margin: .5rem 0; max-width: 75ch; }
.lines { white-space: pre-line; }
.subtitle, .muted, caption, .count { color: var(--muted); }
.verdict { display: flex; gap: .75rem; align-items: baseline; max-width: none; margin: 1rem 0 0; padding: .75rem 1rem;
  border-left: .4rem solid; border-radius: .25rem; }
.verdict strong { flex: none; letter-spacing: .05em; }
.verdict span { color: var(--text); }
.ok, .good { color: var(--good); } .review, .attention, .warning > .severity { color: var(--attention); }
.blocked, .couldNotRun, .bad, .blocking > .severity { color: var(--bad); }
.verdict.ok { background: var(--good-soft); } .verdict.review { background: var(--attention-soft); }
.verdict.blocked, .verdict.couldNotRun { background: var(--bad-soft); }
.frame { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0 2.5rem; padding-bottom: 4rem; }
@media (min-width: 64rem) {
  .frame.navigated { grid-template-columns: 17rem minmax(0, 1fr); }
  nav { position: sticky; top: 4rem; align-self: start; max-height: calc(100vh - 5rem); overflow: auto; margin-top: 2.5rem; }
}
nav { margin-top: 1.5rem; font-size: .9rem; }
nav h2 { margin: 0 0 .5rem; border: 0; font-size: .9rem; color: var(--muted); }
nav ul { margin: 0; padding: 0 0 0 1rem; list-style: none; overflow-wrap: anywhere; }
nav > ul { padding: 0; }
nav li { padding: .15rem 0; }
nav a { text-decoration: none; } nav a:hover { text-decoration: underline; }
.tools { position: sticky; top: 0; z-index: 1; background: var(--ground); border-bottom: 1px solid var(--line); }
.tools > div { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; max-width: 90rem; margin: 0 auto;
  padding: .5rem 1.5rem; }
.tools input[type=search] { margin: 0 .5rem; min-width: min(22rem, 60vw); padding: .4rem .6rem; border: 1px solid var(--muted);
  border-radius: .25rem; background: var(--ground); color: var(--text); font: inherit; }
[hidden] { display: none !important; }
.scroll { overflow-x: auto; }
table { width: 100%; margin: .5rem 0 1rem; border-collapse: collapse; font-size: .925rem; }
caption { padding: .25rem 0; text-align: left; }
th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top;
  white-space: pre-line; overflow-wrap: anywhere; font-weight: normal; }
thead th { background: var(--soft); font-weight: 600; overflow-wrap: normal; }
tbody th { min-width: 8rem; }
td { min-width: 5.5rem; } td.right { min-width: 0; }
.sides tbody th { min-width: 9rem; }
.right { text-align: right; font-variant-numeric: tabular-nums; }
code, pre { font: .875em/1.5 ui-monospace, "Cascadia Mono", Consolas, monospace; }
td code, th code { white-space: pre-wrap; overflow-wrap: anywhere; }
pre { margin: .5rem 0; padding: .75rem 1rem; overflow-x: auto; background: var(--soft); border-radius: .25rem; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .15rem 1.25rem; margin: .5rem 0; }
dl > div { display: contents; }
dt { color: var(--muted); max-width: 22rem; overflow-wrap: anywhere; }
dd { margin: 0; white-space: pre-line; overflow-wrap: anywhere; }
@media (max-width: 40rem) { dl { grid-template-columns: minmax(0, 1fr); } dd { margin-bottom: .4rem; } }
.findings { margin: 0; padding: 0; list-style: none; }
.finding { margin: .75rem 0; padding: .6rem 1rem; background: var(--soft); border-left: .3rem solid var(--muted);
  border-radius: .25rem; font-size: .95rem; }
.finding p { max-width: none; margin: 0 0 .25rem; }
.finding .severity { margin-right: .5rem; font-size: .8rem; font-weight: 600; letter-spacing: .04em; text-transform: uppercase; }
.finding .severity, .finding .code { color: var(--muted); }
.finding.warning { border-color: var(--attention); } .finding.warning .severity { color: var(--attention); }
.finding.blocking { border-color: var(--bad); } .finding.blocking .severity { color: var(--bad); }
summary { cursor: pointer; }
summary > :is(h2, h3, h4, h5, h6) { display: inline; border: 0; }
details { margin: .5rem 0; }
details[open] { padding-bottom: .5rem; }
.sides td { width: 42%; font-family: ui-monospace, "Cascadia Mono", Consolas, monospace; font-size: .85rem; white-space: pre-wrap; }
.sides .state { width: 5.5rem; white-space: nowrap; font-family: inherit; }
tr.changed > td { background: var(--attention-soft); } tr.only-left > td { background: var(--bad-soft); }
tr.only-right > td { background: var(--good-soft); }
mark { background: var(--mark); color: var(--mark-text); border-radius: .15rem; }
/* On a narrow screen the findings come first and the contents last. */
@media not (min-width: 64rem) { nav { order: 2; } }
.links { font-size: .85rem; }
.finding:target { outline: 3px solid var(--link); }
figure { margin: 1rem 0; } figcaption { color: var(--muted); font-size: .925rem; }
.picture { width: 100%; max-width: 44rem; height: auto; font-size: 16px; }
.picture text { fill: var(--text); } .picture .head { font-weight: 600; }
.picture .moved { fill: var(--attention); } .picture .gone { fill: var(--bad); }
.picture line { stroke: var(--muted); stroke-width: 1.5; } .picture .crossing { stroke: var(--attention); stroke-width: 3; }
.picture .group { font-weight: 600; font-size: 14px; } .picture .small { font-size: 13px; } .picture .quiet { fill: var(--muted); }
.box { fill: var(--soft); stroke: var(--line); } .box.good { fill: var(--good-soft); stroke: var(--good); }
.box.attention { fill: var(--attention-soft); stroke: var(--attention); } .box.bad { fill: var(--bad-soft); stroke: var(--bad); }
.box.none { fill: none; stroke: var(--muted); stroke-dasharray: 5 4; }
.part0 { fill: var(--bad); } .part1 { fill: var(--attention); } .part2 { fill: var(--link); } .part3 { fill: var(--good); }
.part4 { fill: var(--muted); }
@media (max-width: 40rem) {
  header, .frame { padding-left: 1rem; padding-right: 1rem; }
  .stacked, .stacked tbody, .stacked tr, .stacked th, .stacked td, .stacked caption,
  .sides, .sides tbody, .sides tr, .sides th, .sides td { display: block; width: auto; min-width: 0; }
  .stacked thead, .sides thead { position: absolute; left: -200vw; }
  .stacked tr, .sides tr { padding: .4rem 0; border-bottom: 2px solid var(--line); }
  .stacked th, .stacked td, .sides th, .sides td { padding: .1rem .5rem; border: 0; }
  .stacked tbody th, .sides tbody th { font-weight: 600; }
  .stacked td.right { text-align: left; }
  .stacked td[data-label]::before, .sides td[data-label]::before { content: attr(data-label) ": "; color: var(--muted); }
  .stacked td:empty { display: none; }
  figure { overflow-x: auto; } .picture { min-width: 34rem; }
}
body:has(#only-differences:checked) tr.same { display: none; }
@media print {
  :root { color-scheme: light; }
  nav, .tools, .skip { display: none; }
  body { font-size: 10pt; } header, .frame { max-width: none; padding: 0; }
  .frame.navigated { display: block; }
  thead { display: table-header-group; } tr, .finding { break-inside: avoid; } h2, h3, h4 { break-after: avoid; }
  details::details-content { display: block; content-visibility: visible; }
  .finding, .verdict { border: 1px solid; }
}
`;

/**
 * The only script of a page: the filter box, shown by the script itself, so that without it nothing dead is on the
 * page. An entry stays when it, or a heading above it, has every word that was typed.
 */
export const script = `
"use strict";
(() => {
  const form = document.querySelector("form[role=search]");
  const box = document.getElementById("filter");
  const count = document.getElementById("count");
  const sections = [...document.querySelectorAll("main section")];
  const entries = [...document.querySelectorAll("main [data-entry]")].map((element) => {
    let text = element.textContent;
    for (let s = element.closest("section"); s; s = s.parentElement.closest("section")) text += " " + s.dataset.title;
    return { element, text: text.toLowerCase() };
  });
  let opened = [];
  const apply = () => {
    const words = box.value.toLowerCase().split(/\\s+/).filter(Boolean);
    for (const details of opened) details.open = false;
    opened = [];
    let shown = 0;
    for (const entry of entries) {
      const keep = words.every((word) => entry.text.includes(word));
      entry.element.hidden = !keep;
      if (keep) shown++;
    }
    for (const section of sections) {
      const keep = words.length === 0 || section.querySelector("[data-entry]:not([hidden])") !== null;
      section.hidden = !keep;
      if (!keep || words.length === 0) continue;
      for (const details of section.querySelectorAll(":scope > details:not([open])")) {
        details.open = true;
        opened.push(details);
      }
    }
    for (const link of document.querySelectorAll("nav a")) {
      const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      link.parentElement.hidden = target !== null && target.hidden;
    }
    for (const part of document.querySelectorAll("main [data-group]")) {
      part.hidden = words.length > 0 && part.querySelector("[data-entry]:not([hidden])") === null;
    }
    count.textContent = words.length === 0 ? "" : shown + " of " + entries.length + " entries";
  };
  let timer;
  box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(apply, 120); });
  form.addEventListener("submit", (event) => { event.preventDefault(); apply(); });
  box.addEventListener("keydown", (event) => { if (event.key === "Escape") { box.value = ""; apply(); } });
  document.querySelector(".tools").hidden = false;
  form.hidden = false;
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let d = target && target.querySelector(":scope > details"); d; d = d.parentElement.closest("details")) d.open = true;
    for (let d = target && target.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
    if (target) target.scrollIntoView();
  };
  window.addEventListener("hashchange", reveal);
  reveal();
  window.addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details:not([open])")) { details.open = true; details.dataset.printed = ""; }
  });
  window.addEventListener("afterprint", () => {
    for (const details of document.querySelectorAll("details[data-printed]")) {
      details.open = false;
      delete details.dataset.printed;
    }
  });
})();
`;
