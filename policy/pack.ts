import { PolicyPack } from "@pulumi/policy";
import { policies } from "./policies";
import { listenForSecrets } from "./secrets";

listenForSecrets();

/** Starts serving as it is loaded; the version told is that of the package.json in the working folder. */
new PolicyPack("entra-connect", {
  displayName: "Tier 0 machines: Entra Connect servers and others",
  description: "What a Tier 0 machine and what it stands on must not look like.",
  enforcementLevel: "mandatory",
  policies: policies(),
});
