/** A kind of place where `--fault` can strike. `azure` is an ARM call, the rest stands for one thing each. */
export const faultRooms = ["azure", "ssh", "sftp", "data"] as const;
export type FaultRoom = (typeof faultRooms)[number];

/** How the point of a room is written. */
const pointForms: Readonly<Record<FaultRoom, string>> = {
  azure: "azure:METHOD:type:name",
  ssh: "ssh:script",
  // By the name it gets on the server.
  sftp: "sftp:file",
  // A machine asks for its identity's token, or uploads a collection.
  data: "data:token | data:put",
};

/** Methods that the simulated Azure is called with; PATCH nobody sends, and POST azcore alone, to register a namespace. */
export const azureMethods = ["GET", "PUT", "DELETE", "POST"] as const;
export type AzureMethod = (typeof azureMethods)[number];

type Everywhere = "all";
interface EffectRow {
  readonly effect: string;
  readonly meaning: string;
  /** The methods it can strike, or all of them. */
  readonly azure: Everywhere | readonly AzureMethod[];
  readonly ssh: boolean;
  readonly sftp: boolean;
  readonly data: boolean;
}

const changing = ["PUT", "DELETE"] as const;

/** Which effect each room takes: the grammar, `--help`, docs/rehearsal.md, tests and the sweep read it here. */
export const faultEffects = [
  { effect: "fail", meaning: "refused; nothing is done", azure: "all", ssh: true, sftp: true, data: true },
  {
    effect: "throttle",
    meaning: "refused for the moment, a connection is dropped; nothing is done",
    azure: "all",
    ssh: true,
    sftp: true,
    data: true,
  },
  { effect: "hang", meaning: "no answer, ever; nothing is done", azure: "all", ssh: true, sftp: true, data: true },
  {
    effect: "dropped",
    meaning:
      "the answer is lost on the wire, and azure-native's own client sends the call again (a server's upload is sent again by our script: `lost`)",
    azure: "all",
    ssh: false,
    sftp: false,
    data: false,
  },
  {
    effect: "lost",
    meaning: "done, but nobody hears of it: the connection breaks while it is done",
    azure: "all",
    ssh: true,
    sftp: true,
    data: true,
  },
  {
    effect: "half",
    meaning:
      "accepted, and what was accepted fails: a resource is left in the state Failed, of a file a part is there (a blob is put whole or not at all)",
    azure: changing,
    ssh: false,
    sftp: true,
    data: false,
  },
  {
    effect: "slow",
    meaning: "takes a long time, is Creating, Updating or Deleting meanwhile, and succeeds",
    azure: changing,
    ssh: false,
    sftp: false,
    data: false,
  },
  {
    effect: "kill-before",
    meaning: "the engine is killed before the call arrives; nothing is done",
    azure: "all",
    ssh: true,
    sftp: true,
    data: true,
  },
  {
    effect: "kill",
    meaning: "the engine is killed while it is done; it is done to its end",
    azure: "all",
    ssh: true,
    sftp: true,
    data: true,
  },
] as const satisfies readonly EffectRow[];

export type EffectWord = (typeof faultEffects)[number]["effect"];

/** The effects that this room takes; in `azure` those of one method, or of any. */
export function effectsOf(room: FaultRoom, method?: AzureMethod): readonly EffectWord[] {
  const rows: readonly (EffectRow & { readonly effect: EffectWord })[] = faultEffects;
  return rows.filter((row) => takes(row, room, method)).map(({ effect }) => effect);
}

function takes(row: EffectRow, room: FaultRoom, method: AzureMethod | undefined): boolean {
  if (room !== "azure") return row[room];
  return row.azure === "all" || method === undefined || row.azure.some((each) => each === method);
}

/** The whole form in one line, for `--help` and for what is refused. */
export const faultForm = `"<${faultRooms.map((room) => pointForms[room]).join(" | ")}>=<${faultEffects
  .map(({ effect }) => effect)
  .join("|")}>[@n]"`;

/** The table of docs/rehearsal.md. */
export function effectTable(): string {
  const cells = (row: EffectRow) =>
    faultRooms.map((room) => {
      const value = row[room];
      return value === "all" || value === true ? "yes" : value === false ? "–" : value.join(", ");
    });
  return [
    ["effect", "what happens", ...faultRooms],
    ["---", "---", ...faultRooms.map(() => "---")],
    ...faultEffects.map((row) => [`\`${row.effect}\``, row.meaning, ...cells(row)]),
  ]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");
}
