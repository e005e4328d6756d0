import type { Prerequisite } from "./prerequisite";

const page = "Microsoft's prerequisites page";

/** Of the sizing table, every row. */
const slowestMegahertz = 1600;

/** What a service by this name is, for the person who finds it where it does not belong. */
const engines: Readonly<Record<string, string>> = {
  FIMSynchronizationService: "the synchronization service of Microsoft Identity Manager",
  FIMService: "the service of Microsoft Identity Manager",
  AADConnectProvisioningAgent: "the provisioning agent of Entra Cloud Sync",
  ADSync: "a synchronization service without its package, left by another installation",
};

export const machineRows: readonly Prerequisite[] = [
  {
    code: "memory-small",
    severity: "warning",
    reads: "the memory that Windows sees (Win32_ComputerSystem.TotalPhysicalMemory)",
    check: "memory",
    requires: "6 GB up to 50,000 objects, 16 GB up to 100,000, 32 GB above",
    source: `${page}, "Hardware requirements"; entra-connect.md 15`,
    mark: "D",
    remedy: "write a larger size in the block; a size of the same version is changed in place, with a restart",
    find: ({ machine, answer: { hardware }, context, block }) => {
      const { memoryGiB } = context.prerequisites;
      // The firmware keeps a little of what Azure sells.
      if (hardware.memoryGiB === null || Math.ceil(hardware.memoryGiB) >= memoryGiB) return undefined;
      return {
        title: `${machine} has ${hardware.memoryGiB} GB of memory, ${memoryGiB} are required for this number of objects`,
        staging: hardware.memoryGiB,
        cause: `${block}.size is smaller than synchronizedObjects asks for`,
        next: `write a larger ${block}.size`,
      };
    },
  },
  {
    code: "processor-slow",
    severity: "warning",
    reads: "the clock of the processor (Win32_Processor.MaxClockSpeed)",
    check: "processor",
    requires: "1.6 GHz or more",
    source: `${page}, "Hardware requirements"`,
    mark: "D",
    remedy: "write another size in the block",
    find: ({ machine, answer: { hardware }, block }) =>
      hardware.megahertz === null || hardware.megahertz >= slowestMegahertz
        ? undefined
        : {
            title: `the processor of ${machine} has ${hardware.megahertz} MHz, ${slowestMegahertz} are required`,
            staging: hardware.megahertz,
            cause: `the machines behind ${block}.size`,
          },
  },
  {
    code: "disk-small",
    severity: "warning",
    reads: "the size of the volume C: (Win32_LogicalDisk)",
    check: "disk",
    requires:
      "70 GB up to 50,000 objects, 100 up to 100,000, 300 up to 300,000, 450 up to 600,000, 500 above; never less than the image",
    source: `${page}, "Hardware requirements"; entra-connect.md 15`,
    mark: "D",
    remedy: "extend the volume C: in Disk Management, or raise osDiskSizeGB in the block first",
    find: ({ machine, answer: { disk }, block }) =>
      disk.sizeGB === null || disk.sizeGB >= disk.minimumGB
        ? undefined
        : {
            title: `the system volume of ${machine} has ${disk.sizeGB} GB, ${disk.minimumGB} are recommended`,
            staging: disk.sizeGB,
            cause: `the volume was not extended to the disk, or ${block}.osDiskSizeGB is smaller than synchronizedObjects asks for`,
            next: `extend the volume C: in Disk Management, or raise ${block}.osDiskSizeGB first`,
          },
  },
  {
    code: "tpm-missing",
    severity: "warning",
    reads: "the trusted platform module (Get-Tpm)",
    check: "tpm",
    requires: "one that is ready: the key of this server's application in Entra ID is kept in it",
    source: "azure.md 2.1: without it the key falls to software, and event 1014 says so",
    mark: "D",
    remedy:
      "this library builds every machine with Trusted Launch and a virtual TPM: see whether somebody switched it off in Azure, else write a block with a higher number",
    find: ({ machine, answer: { hardware } }) => {
      if (hardware.tpmPresent === null || (hardware.tpmPresent && hardware.tpmReady !== false)) return undefined;
      return {
        title: `${machine} has ${hardware.tpmPresent ? "a TPM that is not ready" : "no TPM"}; the key of its application would be kept in software`,
        staging: hardware.tpmPresent,
        cause: "the machine was built, or restored, without a virtual TPM, or Windows has not taken it yet",
      };
    },
  },
  {
    code: "other-engine",
    severity: "warning",
    reads: "services of other synchronization engines (Win32_Service)",
    check: "engines",
    requires: "none beside Entra Connect: a database instance serves one engine, and this is a Tier 0 server",
    source: `${page}, "SQL Server used by Microsoft Entra Connect" (one engine for each instance)`,
    mark: "D",
    remedy: "write a block with a higher number: a machine of its own for Entra Connect",
    find: ({ machine, answer: { otherEngines } }) =>
      otherEngines.length === 0
        ? undefined
        : {
            title: `on ${machine} there is ${otherEngines.map((name) => `${engines[name] ?? "another engine"} (${name})`).join(", ")}`,
            staging: [...otherEngines],
            cause: "the machine served for something else before, or was made from an image that has it",
          },
  },
];
