import assert from "node:assert/strict";
import { readWindowsPath } from "../../../rehearsal/world/windowsPath";

describe("paths sent over SFTP to a Windows machine", () => {
  const home = ["Users", "azureadmin"];
  const read = (path: string) => {
    const place = readWindowsPath(path, home);
    return place.kind === "drive" ? place.windows : place.kind;
  };
  const cases: Record<string, string> = {
    "C:/x/y": "/C:/x/y",
    "/C:/x/y": "/C:/x/y",
    "C:\\x\\y": "/C:/x/y",
    "c:/x": "/C:/x",
    "C:": "/C:/",
    "/C:": "/C:/",
    "C:/": "/C:/",
    "/x": "/C:/x",
    "/": "root",
    "//": "root",
    "": "/C:/Users/azureadmin",
    ".": "/C:/Users/azureadmin",
    "x/y": "/C:/Users/azureadmin/x/y",
    "../x": "/C:/Users/x",
    "C:/a/../../../../etc/passwd": "/C:/etc/passwd",
    "C:/a/./b//c/": "/C:/a/b/c",
    "C:\\..\\..\\x": "/C:/x",
    "D:/x": "outside",
    "/D:/x": "outside",
    "//server/share": "outside",
    "\\\\?\\C:\\x": "outside",
    "C:/x:stream": "outside",
    "C:/what?": "outside",
    "C:/a\u0000b": "outside",
    "C:/NUL": "outside",
    "C:/com1.txt": "outside",
    "C:/trailing.": "outside",
    "~/x": "/C:/Users/azureadmin/~/x",
  };
  for (const [path, expected] of Object.entries(cases))
    it(`${JSON.stringify(path)} is ${expected}`, () => assert.equal(read(path), expected));
});
