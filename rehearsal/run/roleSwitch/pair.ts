import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BadInput, type Json } from "../../../review/verdict";
import { createServerWorld } from "../../windows/createServerWorld";
import { collectArchive } from "../../windows/emulation/collector";
import { changeServerWorld, readServerWorld } from "../../windows/serverFiles";
import type { ServerWorld, SynchronizationWorld } from "../../windows/serverWorld";
import { completeWizard, openWizard } from "../../windows/wizard";
import { worldBegins } from "../../world/clock";
import type { ServerFolder } from "../../world/contract";
import { pendingExport } from "./pendingExports";
import { SimulatedTenant } from "./tenant";

const minute = 60_000;
const marker = "switch-world.json";
export const connectVersion = "2.6.92.0";

/** Where the world of a story lies. Only a folder that a story made is made anew. */
function freshFolder(folder: string): void {
  if (existsSync(folder) && !existsSync(join(folder, marker)))
    throw new BadInput(`${folder} is there and is no rehearsal of a switch. Give another --dir, or remove it.`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "evidence"), { recursive: true });
  writeFileSync(join(folder, marker), `${JSON.stringify({ made: "entra-connect rehearse switch" })}\n`);
}

interface Power {
  /** Azure's word. */
  state: "running" | "deallocated";
  /** The host has failed: nobody answers, and Azure still says running. */
  dead: boolean;
}

/** Two simulated servers, a tenant and a clock that only moves when somebody says so. Everything lies in one folder. */
export class SimulatedPair {
  now = worldBegins.getTime();
  readonly tenant = new SimulatedTenant();
  readonly record: string;
  readonly #power = new Map<string, Power>();
  #files = 0;

  private constructor(readonly folder: string) {
    this.record = join(folder, "record");
  }

  /** A pair in order: `active` exports, `passive` stages, both synchronize every half hour. */
  static async make(folder: string, active: string, passive: string, version = connectVersion): Promise<SimulatedPair> {
    freshFolder(folder);
    const pair = new SimulatedPair(folder);
    for (const [name, staging] of [
      [active, false],
      [passive, true],
    ] as const)
      await pair.#build(name, staging, version);
    await pair.cycle();
    return pair;
  }

  async #build(name: string, staging: boolean, version: string): Promise<void> {
    const server = this.#server(name);
    mkdirSync(server.path, { recursive: true });
    await createServerWorld(
      server,
      {
        resourceId: `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/${name.toLowerCase()}`,
        vmId: randomUUID(),
        name,
        computerName: name,
        administratorName: "SyncAdmin",
        image: { publisher: "MicrosoftWindowsServer", offer: "WindowsServer", sku: "2022-datacenter-g2", version: "1" },
        osDiskSizeGB: 127,
      },
      this.#clock(),
    );
    await this.#edit(name, (world) => install(world, version));
    await completeWizard(server, { staging, startSynchronization: true });
    // Both found the same domain; on a real pair it is one.
    await this.#edit(name, ({ adsync }) => sameDomain(adsync));
    this.#power.set(name, { state: "running", dead: false });
  }

  #server(name: string): ServerFolder {
    return { name, path: join(this.folder, "servers", name) };
  }

  /** It stands still between two steps. */
  #clock(): ServerWorld["clock"] {
    return { scale: 0, realStart: worldBegins.toISOString(), simulatedStart: new Date(this.now).toISOString() };
  }

  #edit(name: string, change: (world: ServerWorld) => void): Promise<void> {
    return changeServerWorld(this.#server(name), (world) => {
      world.clock = this.#clock();
      change(world);
    });
  }

  get names(): readonly string[] {
    return [...this.#power.keys()];
  }

  #powerOf(name: string): Power {
    const power = this.#power.get(name);
    if (power === undefined) throw new Error(`there is no server ${name}`);
    return power;
  }

  answers(name: string): boolean {
    const { state, dead } = this.#powerOf(name);
    return state === "running" && !dead;
  }

  async pass(minutes: number): Promise<void> {
    this.now += minutes * minute;
    for (const name of this.names) await this.#edit(name, () => undefined);
  }

  /** Half an hour goes by, and every scheduler that may run a cycle does. */
  async cycle(): Promise<void> {
    await this.pass(30);
    for (const name of this.names) if (this.answers(name)) await this.#edit(name, (world) => this.#synchronize(world));
  }

  #synchronize({ computerName, services, adsync }: ServerWorld): void {
    if (adsync === undefined || services.ADSync?.status !== "Running") return;
    const { scheduler } = adsync;
    if (!scheduler.syncCycleEnabled || scheduler.schedulerSuspended) return;
    const profiles = ["Delta Import", "Delta Synchronization", ...(adsync.stagingMode ? [] : ["Export"])];
    for (const connector of adsync.connectors)
      for (const [index, profile] of profiles.entries())
        adsync.runHistory.unshift({
          runHistoryId: randomUUID(),
          connectorIdentifier: connector.identifier,
          connectorName: connector.name,
          runProfileName: profile,
          result: "success",
          startDate: new Date(this.now - (5 - index) * minute).toISOString(),
          endDate: new Date(this.now - (4 - index) * minute).toISOString(),
          stepTypes: [profile.toLowerCase().replace(" ", "-")],
        });
    if (!adsync.stagingMode) this.tenant.take(computerName, this.now - 2 * minute);
  }

  /** The wizard's page *Configure staging mode*, from opening it to closing it. */
  async wizard(name: string, staging: boolean): Promise<void> {
    if (!this.answers(name)) throw new Error(`${name} does not answer: nobody can open its wizard`);
    await completeWizard(this.#server(name), { staging, startSynchronization: true });
  }

  /** Opened, and left open: the scheduler is suspended meanwhile. */
  async openWizard(name: string): Promise<void> {
    await openWizard(this.#server(name));
  }

  async staging(name: string): Promise<boolean> {
    return (await readServerWorld(this.#server(name))).adsync?.stagingMode ?? true;
  }

  die(name: string): void {
    this.#powerOf(name).dead = true;
  }

  deallocate(name: string): void {
    this.#powerOf(name).state = "deallocated";
  }

  /** Somebody starts it again, or its host comes back: with the flag that it had. */
  return(name: string): void {
    Object.assign(this.#powerOf(name), { state: "running", dead: false });
  }

  /** A new package and its wizard: the upgrade of a server in place, which keeps its role. */
  async upgrade(name: string, version: string): Promise<void> {
    const staging = await this.staging(name);
    await this.#edit(name, (world) => install(world, version));
    await completeWizard(this.#server(name), { staging, startSynchronization: true });
  }

  #place(name: string): string {
    this.#files++;
    return join(this.folder, "evidence", `${String(this.#files).padStart(2, "0")}-${name}`);
  }

  #write(name: string, content: string | Buffer): string {
    const path = this.#place(name);
    writeFileSync(path, content);
    utimesSync(path, new Date(this.now), new Date(this.now));
    return path;
  }

  /** What the collector brings back; it runs on the server, so a dead one gives none. */
  async collect(name: string): Promise<string> {
    if (!this.answers(name)) throw new Error(`${name} does not answer: nothing can be collected on it`);
    const { bytes } = await collectArchive(this.#server(name));
    return this.#write(`${name}.zip`, bytes);
  }

  /** Exports of both servers, of every connector: the one change that waits, computed alike by both. */
  async pending(active: string, staging: string) {
    const { adsync } = await readServerWorld(this.#server(staging));
    return (adsync?.connectors ?? []).map(({ name, type }, index) => {
      const dn = type === "AD" ? "CN=Mara,OU=People,DC=contoso,DC=com" : "CN={6D6172612D31}";
      const file = (server: string): string =>
        this.#write(
          `${server}-${type}.xml`,
          pendingExport(name, dn, "title", "Head of Finance", `${index}${this.#files}`),
        );
      return { connector: name, active: [file(active)], staging: [file(staging)] };
    });
  }

  /** Recorded answers of Graph. */
  graph(): readonly string[] {
    return this.tenant.answers().map(({ name, request, answer }) => this.#answer(name, request, answer));
  }

  /** What `az vm get-instance-view` says. */
  async power(name: string): Promise<string> {
    const { vmId } = await readServerWorld(this.#server(name));
    return this.#answer(`${name}-power`, "az vm get-instance-view", {
      name: name.toLowerCase(),
      vmId,
      osProfile: { computerName: name },
      instanceView: {
        statuses: [{ code: "ProvisioningState/succeeded" }, { code: `PowerState/${this.#powerOf(name).state}` }],
      },
    });
  }

  #answer(name: string, request: string, answer: Json): string {
    const takenAt = new Date(this.now).toISOString();
    return this.#write(`${name}.json`, `${JSON.stringify({ takenAt, request, answer }, null, 2)}\n`);
  }

  readRecord(): string {
    return readFileSync(join(this.record, "record.jsonl"), "utf8");
  }
}

function install(world: ServerWorld, version: string): void {
  world.packages = world.packages.filter(({ displayName }) => !displayName.startsWith("Microsoft Entra Connect"));
  world.packages.push({
    displayName: "Microsoft Entra Connect Sync",
    displayVersion: version,
    productCode: `{${randomUUID().toUpperCase()}}`,
    upgradeCode: `{${randomUUID().toUpperCase()}}`,
  });
}

const domainConnector = "ae4db4cc-b16b-4eb2-acf5-837ca84e4d7d";

function sameDomain(adsync: SynchronizationWorld | undefined): void {
  for (const connector of adsync?.connectors ?? []) {
    if (connector.type !== "AD") continue;
    for (const rule of adsync?.rules ?? [])
      if (rule.connectorIdentifier === connector.identifier) rule.connectorIdentifier = domainConnector;
    connector.identifier = domainConnector;
  }
}
