import assert from "node:assert/strict";
import { compareConfigurations, readServerConfiguration } from "../../../review/configuration";
import { sampleConfiguration } from "../../support/repository";
import { requires } from "../../support/requires";
import { Contoso, compare, entra } from "./contoso";
import { blocking, change, finds, unexplained } from "./finds";

const parameter = (name: string, value: string): string =>
  `<parameter name="${name}" type="string" use="connectivity" dataType="String">${value}</parameter>`;
const ours = "2f6e7b1c-0d4e-4b3c-9f2a-1c2d3e4f5a6b";
const theirs = "3f6e7b1c-0d4e-4b3c-9f2a-1c2d3e4f5a6b";

interface Application {
  readonly id?: string;
  readonly certificate?: string;
  readonly managedBy?: string;
  readonly tenant?: string;
}

function signedInBy(
  copy: Contoso,
  { id = ours, certificate = "A1", managedBy = "ADSync", tenant = "contoso" }: Application,
) {
  return copy
    .edit(entra, /Sync_CONTOSO-SYNC01_e3c03195e061@contoso/, `${id}@${tenant}`)
    .edit(
      entra,
      "<parameter-values>",
      `<parameter-values>${parameter("CertificateId", certificate)}${managedBy === "" ? "" : parameter("ApplicationManagedBy", managedBy) + parameter("CertificateManagedBy", managedBy)}`,
    );
}

describe("how two servers sign in to Entra ID", () => {
  before(function () {
    requires(this, "the Contoso sample", sampleConfiguration);
  });

  finds(
    "a healthy pair: an application and a certificate of each server's own",
    [],
    (copy) => signedInBy(copy, { id: theirs, certificate: "B2" }),
    (copy) => signedInBy(copy, {}),
  );
  finds(
    "one application on both, as after cloning a server",
    [blocking(unexplained("application-shared", /same application/))],
    (copy) => signedInBy(copy, { certificate: "B2" }),
    (copy) => signedInBy(copy, {}),
  );
  finds(
    "one certificate on both",
    [blocking(unexplained("application-shared", /same certificate/))],
    (copy) => signedInBy(copy, { id: theirs }),
    (copy) => signedInBy(copy, {}),
  );
  finds(
    "an application on one server and the old account on the other, as one thing",
    [change("entra-identity-kind-differs", /Sync_… service account, the staging server with an application/)],
    (copy) => signedInBy(copy, {}),
  );
  finds(
    "values that an automatic upgrade left blank",
    [unexplained("application-managed-by-missing", /ApplicationManagedBy, CertificateManagedBy/)],
    (copy) => signedInBy(copy, { id: theirs, certificate: "B2", managedBy: "" }),
    (copy) => signedInBy(copy, {}),
  );
  finds(
    "a certificate that an administrator looks after on one server only",
    [change("application-managed-differently"), change("application-managed-differently")],
    (copy) => signedInBy(copy, { id: theirs, certificate: "B2", managedBy: "Admin" }),
    (copy) => signedInBy(copy, {}),
  );
  finds(
    "an account named in another domain",
    [unexplained("entra-account-tenant-differs")],
    (copy) => signedInBy(copy, { id: theirs, certificate: "B2", tenant: "fabrikam" }),
    (copy) => signedInBy(copy, {}),
  );

  finds(
    "an account that only one server names",
    [unexplained("entra-account-unknown", /Only the active server/)],
    (copy) => copy.edit(entra, /Sync_CONTOSO-SYNC01_e3c03195e061@contoso\.onmicrosoft\.com/, ""),
  );
  finds(
    "a value of an application beside two service accounts, of which nothing is known",
    [unexplained("raw-value-differs", /CertificateId/)],
    (copy) => copy.edit(entra, "<parameter-values>", `<parameter-values>${parameter("CertificateId", "A1")}`),
  );

  it("is the same application before and after, on one server", () => {
    const application = readServerConfiguration(signedInBy(new Contoso(), {}).evidence());
    const { report } = compareConfigurations(application, application, { oneServer: true });
    assert.deepEqual(report.findings, []);
  });

  it("names the repair for blank values", () => {
    const { findings } = compare(
      signedInBy(Contoso.staging(), { id: theirs, certificate: "B2", managedBy: "" }),
      signedInBy(new Contoso(), {}),
    );
    const found = findings.find(({ code }) => code === "application-managed-by-missing");
    assert.match(found?.next ?? "", /Repair-ADSyncToolsEntraAppParameters.* on the staging server/);
  });
});

describe("what is secret", () => {
  before(function () {
    requires(this, "the Contoso sample", sampleConfiguration);
  });

  const secrets: readonly (readonly [string, (copy: Contoso, value: string) => Contoso])[] = [
    [
      "an encrypted parameter",
      (copy, value) =>
        copy.edit(
          entra,
          /(<parameter name="Password"[^>]*encrypted="1") \/>/,
          `<parameter name="Password" type="encrypted-string" use="connectivity" dataType="String" encrypted="1">${value}</parameter>`,
        ),
    ],
    [
      "a parameter named like a secret",
      (copy, value) => copy.edit(entra, "<parameter-values>", `<parameter-values>${parameter("ClientSecret", value)}`),
    ],
    [
      "an element that declares itself encrypted",
      (copy, value) => copy.edit(entra, "<ma-data>", `<ma-data><credential encrypted="1">${value}</credential>`),
    ],
    [
      "encrypted attributes of a connector",
      (copy, value) =>
        copy.edit(entra, "<ma-data>", `<ma-data><encrypted-attributes><x>${value}</x></encrypted-attributes>`),
    ],
    [
      "a value that Windows encrypted, whatever its name",
      (copy, value) => copy.edit(entra, "<ma-data>", `<ma-data><blob>AQAAANCMnd8BFdERjHoA${value}</blob>`),
    ],
    [
      "a member of a list that has a secret inside",
      (copy, value) =>
        copy.edit(
          entra,
          "<ma-data>",
          `<ma-data><list><entry><host>a</host><password>${value}</password></entry><entry><host>a</host><password>x</password></entry></list>`,
        ),
    ],
  ];
  for (const [what, edit] of secrets)
    it(`is neither compared nor shown: ${what}`, () => {
      const report = compare(edit(Contoso.staging(), "hunter3"), edit(new Contoso(), "hunter2"));
      assert.deepEqual(
        report.findings.map(({ code }) => code),
        ["staging-mode"],
      );
      assert.doesNotMatch(JSON.stringify(report), /hunter/);
    });
});
