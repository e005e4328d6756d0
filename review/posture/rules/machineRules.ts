import { isUnknown, pathText, valueAt } from "../resource";
import { isClassic, typeName } from "../types";
import { bad, type Judged, notKnown, type PostureRule } from "./rule";

/** A switch that must be on: anything but `true` is off, since Azure's default is off. */
function mustBeOn(inputs: unknown, path: readonly string[], why: string): readonly Judged[] {
  const value = valueAt(inputs, ...path);
  if (isUnknown(value)) return [notKnown(pathText(path))];
  return value === true || value === "true" ? [] : [bad(pathText(path), why)];
}

const trustedTypes = ["trustedlaunch", "confidentialvm"];
const trustedSource =
  "Microsoft, Entra Connect application-based authentication: the certificate's key is kept in a TPM where there is one; Microsoft, Trusted Launch for Azure virtual machines";

export const machineRules: readonly PostureRule[] = [
  {
    code: "trusted-launch-off",
    level: "must-not",
    looksAt: ["virtualMachine"],
    sentence: "A machine is built without Trusted Launch (security type, secure boot or vTPM is missing).",
    remedy:
      "Set securityProfile.securityType to TrustedLaunch with uefiSettings.secureBootEnabled and vTpmEnabled. A machine that stands is rebuilt, or (generation 2 only) changed while it is deallocated.",
    source: trustedSource,
    judge: ({ type, inputs }) => {
      const boot = "is not on, so that unsigned code may run before Windows does";
      const tpm = "is not on, so that Entra Connect's certificate key lies in software";
      if (isClassic(type))
        return [...mustBeOn(inputs, ["secureBootEnabled"], boot), ...mustBeOn(inputs, ["vtpmEnabled"], tpm)];
      const path = ["securityProfile", "securityType"];
      const kind = valueAt(inputs, ...path);
      const judged: Judged[] = [];
      if (isUnknown(kind)) judged.push(notKnown(pathText(path)));
      else if (!trustedTypes.includes(String(kind).toLowerCase()))
        judged.push(bad(pathText(path), "is not TrustedLaunch"));
      return [
        ...judged,
        ...mustBeOn(inputs, ["securityProfile", "uefiSettings", "secureBootEnabled"], boot),
        ...mustBeOn(inputs, ["securityProfile", "uefiSettings", "vTpmEnabled"], tpm),
      ];
    },
  },
  {
    code: "encryption-at-host-off",
    level: "must-not",
    looksAt: ["virtualMachine"],
    sentence: "A machine's disks, caches and temporary disk are not encrypted at the host.",
    remedy:
      "Register the feature Microsoft.Compute/EncryptionAtHost in the subscription and switch it on; a machine that stands has to be deallocated for it.",
    source: "Microsoft, Encryption at host for Azure virtual machines",
    judge: ({ type, inputs }) =>
      mustBeOn(
        inputs,
        isClassic(type) ? ["encryptionAtHostEnabled"] : ["securityProfile", "encryptionAtHost"],
        "is not on",
      ),
  },
  {
    code: "disk-export-allowed",
    level: "must-not",
    looksAt: ["disk"],
    sentence: "A disk or snapshot can be exported over the network: a copy of the server's credentials leaves unseen.",
    remedy:
      "Set networkAccessPolicy to DenyAll and public network access to disabled. The disk that a machine makes from its image has no such setting up to the compute API 2024-11-01: see docs/policy.md.",
    source:
      "Azure Verified Module avm/res/compute/virtual-machine 0.22.2: DenyAll and public access disabled by default; a new disk of Azure's allows all (azure-rest-api-specs #21325)",
    judge: ({ type, inputs }) => {
      const judged: Judged[] = [];
      const policy = valueAt(inputs, "networkAccessPolicy");
      if (isUnknown(policy)) judged.push(notKnown("networkAccessPolicy"));
      else if (String(policy).toLowerCase() !== "denyall")
        judged.push(bad("networkAccessPolicy", "is not DenyAll, and Azure's default allows it"));
      const name = isClassic(type) ? "publicNetworkAccessEnabled" : "publicNetworkAccess";
      // The classic provider's snapshot is said by its policy alone where the switch is left out.
      const given = valueAt(inputs, name);
      if (isUnknown(given)) judged.push(notKnown(name));
      else if (String(given).toLowerCase() !== (isClassic(type) ? "false" : "disabled"))
        if (!(typeName(type).name === "Snapshot" && isClassic(type) && given === undefined))
          judged.push(bad(name, "is not switched off"));
      return judged;
    },
  },
];
