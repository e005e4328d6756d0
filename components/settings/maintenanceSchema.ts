/** When updates are installed on the servers, and what must not be deleted. */

const window = (whose: string, change: string) =>
  ({
    type: "object",
    additionalProperties: false,
    required: ["start", "every"],
    properties: {
      start: {
        type: "string",
        pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$",
        description: `Time of day at which it begins, in quotes, in its time zone. ${change}`,
      },
      duration: {
        type: "string",
        pattern: "^[0-9]{2}:[0-5][0-9]$",
        default: "03:00",
        description: `How long it is, hours and minutes, in quotes${whose === "ours" ? "; Azure allows 01:30 to 03:55" : ""}. ${change}`,
      },
      every: {
        type: "string",
        minLength: 3,
        description: `On which days, as Azure writes it: "Day", "3Days", "Week Saturday,Sunday", "2Weeks Monday", "Month day15", "Month Second Tuesday", "Month Second Tuesday Offset5" (days after it). ${change}`,
      },
      timeZone: {
        type: "string",
        minLength: 1,
        default: "UTC",
        description: `Windows time zone name that it is in, for example W. Europe Standard Time; it follows that zone's summer time. ${change}`,
      },
    },
  }) as const;

const ours =
  "[in place on passive generations: Azure takes the new window for the next patching; an active one keeps its own]";
const declared = "[in place: judged only]";

export const maintenance = {
  type: "object",
  additionalProperties: false,
  default: {},
  properties: {
    window: {
      ...window("ours", ours),
      description: `When Azure installs updates on the passive servers and restarts them if need be: a maintenance configuration of each generation's own. Default: none, then Azure picks the hour itself, off-peak in the server's time zone, within 30 days of a patch. Needs the resource provider Microsoft.Maintenance registered, and an image that platform patching supports (docs/running.md). ${ours}`,
    },
    activeServerWindow: {
      ...window("declared", declared),
      description: `When the active server is patched, wherever it is: a window that overlaps with it is refused, so that a bad patch or a late restart never takes both servers. Default: not known, not compared. While a generation of this stack is active, its own window is compared instead. ${declared}`,
    },
  },
  description:
    "When updates are installed and servers restart; a passive server that is not patched is no standby. [see its parts]",
} as const;

export const locks = {
  type: "object",
  additionalProperties: false,
  default: {},
  properties: {
    backup: {
      type: "boolean",
      default: false,
      description:
        "A lock (CanNotDelete) on the resource group of our own vault. Needs the right Microsoft.Authorization/locks/write (Owner or User Access Administrator), which a build otherwise does not. [in place; false later takes it out of the stack and leaves it in Azure: a lock is taken away by a person]",
    },
    archive: {
      type: "boolean",
      default: false,
      description:
        "A lock (CanNotDelete) on the resource group of our own archive; the right of a retired generation's server then stays behind, of an identity that is gone. Needs the same right. [in place; false later takes it out of the stack and leaves it in Azure: a lock is taken away by a person]",
    },
    activeServer: {
      type: "boolean",
      default: false,
      description:
        "A lock (CanNotDelete) on the virtual machine of the active generation, against a deletion outside of Pulumi, which refuses one itself. Needs the same right. [in place: made when a generation is declared active, taken away when it no longer is; nothing on the server changes]",
    },
  },
  description: "Locks on what must not be deleted. [see its parts]",
} as const;
