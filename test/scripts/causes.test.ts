import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { failedConfigurations, traceOf, unknownFailure } from "../../rehearsal/windows/failedConfigurations";
import { causeTables, findCauses, hideSecrets, knownCauses, secretMasks } from "../../scripts/causes";
import { nastyLines } from "./nastyLines";

/** What a log may hold, in the words of the sources, for every row of the wizard's table. */
const examples: Readonly<Record<string, string>> = {
  AADSTS700016: "MsalServiceException: AADSTS700016: Application with identifier 'x' was not found in the directory",
  "already exists": "Management Agent Error: A management agent with this name already exists.",
  "process is older": "The term 'Get-ADSyncConnector' is not recognized as the name of a cmdlet",
  "directory extension":
    "AttributeFlowMapping's specified target attribute 'extension_87ce92dfb96b4ac689f8f53836bffaa6_extensionAttribute1' is not a defined attribute type.",
  MigratedPolicy: "Could not find a part of the path 'C:\\Export\\data\\mv.dsml'.",
  "old MigrateSettings": "A positional parameter cannot be found that accepts argument 'True'.",
  "ms-DS-ConsistencyGuid": "The attribute ms-DS-ConsistencyGuid is already in use by another application.",
  "its database": "Error 25009.The setup wizard cannot configure the specified database.",
  "is gone": "Error 25019.The setup wizard cannot open registry key",
  "miiserver.exe.config": "Could not load file or assembly 'System.Diagnostics.DiagnosticSource, Version=4.0.2.1'",
  "reason is TLS": "Creation of connector contoso.onmicrosoft.com - AAD failed. This may be due to replication delay.",
  HTTPS: "The request was aborted: Could not create SSL/TLS secure channel.",
  "a proxy on the way asks": "The remote server returned an error: (407) Proxy Authentication Required.",
  "Conditional Access policy asks": "AADSTS50079: you must enroll in multi-factor authentication",
  "sign-in by application":
    "could not configure application-based authentication for this server. Setup cannot continue.",
  "account or application": "Unable to create the synchronization service account for Microsoft Entra ID.",
  "setup of the engine itself": "Unable to install the Synchronization Service. Please see the event log",
};

describe("tables of known causes", () => {
  it("name a cause, a remedy and a source in every row, in ASCII and in patterns that both engines read alike", () => {
    for (const table of causeTables)
      for (const { pattern, cause, remedy, source } of knownCauses(table)) {
        assert.match(`${cause}${remedy}${pattern}`, /^[\x20-\x7e]+$/);
        assert.ok(cause.length > 30 && remedy.length > 30 && source.length > 3, pattern);
        assert.match(cause, /\.$/, pattern);
        // What .NET and JavaScript understand differently.
        assert.doesNotMatch(pattern, /\\[pPAzZGRKhHX]|\(\?<[A-Za-z]|\(\?[imsx-]|\\k/, pattern);
      }
  });

  it("know every failure of the wizard by its own words, and no row stands without an example", () => {
    const rows = knownCauses("await-wizard");
    assert.equal(Object.keys(examples).length, rows.length);
    const met = Object.entries(examples).map(([word, message]) => {
      const [first] = findCauses("await-wizard", message);
      assert.ok(first, message);
      assert.ok(`${first.cause} ${first.pattern}`.includes(word), `${message} -> ${first.cause}`);
      return first.pattern;
    });
    assert.deepEqual([...new Set(met)].sort(), rows.map(({ pattern }) => pattern).sort());
  });

  it("know nothing where nothing is known", () => {
    assert.deepEqual(findCauses("await-wizard", traceOf(unknownFailure, new Date(0))), []);
    assert.deepEqual(findCauses("staging", "scheduler says True, global parameter says True"), []);
  });

  it("know the failures that a rehearsal has, the more particular reason first", () => {
    const first = Object.fromEntries(
      Object.entries(failedConfigurations).map(([name, failure]) => [
        name,
        findCauses("await-wizard", traceOf(failure, new Date(0)))[0]?.pattern.slice(0, 12),
      ]),
    );
    assert.deepEqual(first, {
      "leftover-application": "AADSTS700016",
      "existing-connector": "management a",
      tls: "Creation of ",
      sql: "Error 25009|",
      "extension-rule": "specified ta",
      clock: "configure ap",
      "conditional-access": "AADSTS5007[6",
    });
  });
});

describe("what is quoted of a log", () => {
  for (const [line, ...canaries] of nastyLines)
    it(`holds nothing secret: ${line.slice(0, 40)}`, () => {
      for (const text of [line, `[12:00:00.000] [ 26] [ERROR] Task: ${line}`, line.toUpperCase(), `x ${line} y`]) {
        const shown = hideSecrets(text);
        for (const canary of canaries)
          assert.ok(!shown.toLowerCase().includes(canary.toLowerCase()), `${text}\n-> ${shown}`);
      }
    });

  const harmless = [
    "[19:54:05.932] [ 26] [ERROR] ExecuteADSyncConfiguration: configuration failed.  Skipping export of synchronization policy.  resultStatus=Failed",
    "AADSTS700016: Application with identifier '3f2c0e4b-5d1a-4a77-9f6e-2b8a1c9d7e55' was not found in the directory 'Contoso'.",
    "AttributeFlowMapping's specified target attribute 'extension_87ce92dfb96b4ac689f8f53836bffaa6_extensionAttribute1' is not a defined attribute type.",
    "Microsoft.Azure.ActiveDirectory.Synchronization.Setup.SynchronizationServiceSetupTask.InstallCore()",
    "Error 25009.The setup wizard cannot configure the specified database. Error: ALTER DATABASE statement failed.",
    "Could not find a part of the path 'C:\\ProgramData\\AADConnect\\data\\mv.dsml'.",
    "PasswordHashSync could not be enabled; the password of the account has expired",
    "The registry key SYSTEM\\CurrentControlSet\\Services\\ADSync\\Parameters, error code 0x80070005, exit code 1603",
    "The specified module 'C:\\Program Files\\Microsoft Azure AD Sync\\Bin\\ADSync\\ADSync.psd1' was not loaded because no valid module file was found in any module directory.",
    "Could not open C:\\Program Files\\Microsoft Azure AD Sync\\Data, C:\\Program Files\\Microsoft Azure AD Connect or HKLM\\SOFTWARE; the service runs as NT SERVICE\\ADSync",
    "Creation of connector contoso.onmicrosoft.com - AAD failed. This may be due to replication delay.",
  ];
  it("keeps what helps: names of tasks and attributes, numbers of errors, identifiers, paths", () => {
    for (const line of harmless) assert.equal(hideSecrets(line), line);
  });

  it("is masked in time that does not grow out of hand with the length of a line", () => {
    const began = process.cpuUsage();
    for (const piece of ["a", "a=", "<a ", "password ", "token ", "x@", "a.b", "//:", "-----BEGIN "])
      hideSecrets(piece.repeat(8192 / piece.length));
    const spent = process.cpuUsage(began);
    // Processor time, not the clock: quadratic patterns take minutes here.
    assert.ok((spent.user + spent.system) / 1e6 < 20);
  });

  it("is masked by patterns that both engines read alike", () => {
    for (const { pattern, by, masks } of secretMasks()) {
      assert.doesNotMatch(pattern, /\\[pPAzZGRKhHX]|\(\?<[A-Za-z]|\(\?[imsx-]|\\k/, masks);
      assert.match(by, /^(\$1|[^$])*$/);
    }
  });
});
