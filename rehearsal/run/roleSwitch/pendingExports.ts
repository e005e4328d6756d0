/** What `csexport … /f:x` of a simulated server says: one pending change, the same on both servers of a sound pair. */
const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

export function pendingExport(connector: string, dn: string, attribute: string, value: string, id: string): string {
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    "<cs-objects>",
    ` <cs-object cs-dn="${escaped(dn)}" id="{${id}}" object-type="user">`,
    `  <ma-name>${escaped(connector)}</ma-name>`,
    "  <connector>1</connector>",
    "  <connector-state>normal</connector-state>",
    `  <unapplied-export><delta dn="${escaped(dn)}" operation="update">`,
    `   <attr name="${attribute}" operation="replace" multivalued="false"><value>${escaped(value)}</value></attr>`,
    "  </delta></unapplied-export>",
    " </cs-object>",
    "</cs-objects>",
    "",
  ].join("\r\n");
}
