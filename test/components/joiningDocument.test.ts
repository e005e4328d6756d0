import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { provisioning } from "../../components/domain/provisioning";
import { joinPeculiarities } from "../../rehearsal/windows/joinPeculiarities";
import { knownCauses } from "../../scripts/causes";
import { repositoryRoot } from "../support/repository";
import { settingsFixture } from "../support/settingsFixture";

const page = readFileSync(join(repositoryRoot, "docs", "joining.md"), "utf8");
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");

describe("docs/joining.md", () => {
  for (const method of ["operator", "offlineBlob", "machinePassword"])
    it(`has the commands of ${method} as the refusal prints them`, () => {
      const settings = settingsFixture((written) => {
        written.domain = {
          name: "corp.contoso.com",
          join: {
            method,
            organizationalUnit: "OU=Tier0 Servers,DC=corp,DC=contoso,DC=com",
            domainController: "dc1.corp.contoso.com",
          },
        };
      });
      const text = provisioning(settings, { generation: 1 });
      assert.ok(page.includes(`\n${text}\n`), `docs/joining.md lacks\n${text}`);
    });

  it("has every code that is said in words, and no other", () => {
    const rows = knownCauses("join-domain").map(({ pattern, cause, remedy, source }) => {
      const code = pattern.slice(1, -1);
      return `| ${code} (${Number(code)}) | ${cell(cause)} | ${cell(remedy)} | ${cell(source)} |`;
    });
    for (const row of rows) assert.ok(page.includes(row), `docs/joining.md lacks\n${row}`);
    assert.equal(page.match(/^\| 0x/gm)?.length, rows.length);
  });

  it("its peculiarities are in the page of the rehearsal", () => {
    const rehearsal = readFileSync(join(repositoryRoot, "docs", "rehearsal.md"), "utf8");
    for (const name of Object.keys(joinPeculiarities)) assert.ok(rehearsal.includes(name), name);
  });
});
