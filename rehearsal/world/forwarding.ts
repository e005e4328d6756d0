import type { AzureView, CallLog, Faults, ServerFolder, WindowsExecutor } from "./contract";
import type { Forwarding, ForwardTarget } from "./jumpHost";
import type { Machine, WorldMachines } from "./machines";
import { decide } from "./reachability";
import { serveConnection } from "./sshServer";

export interface ForwardingOptions {
  readonly azure: AzureView;
  readonly machines: WorldMachines;
  readonly executor: WindowsExecutor;
  readonly faults: Faults;
  readonly calls: CallLog;
  /** Told of everything that starts on a machine, until it has ended. */
  readonly onRun?: (running: Promise<unknown>, server: ServerFolder) => void;
  /** Told where a fault leaves what runs without anybody who listens. */
  readonly onCut?: () => void;
  /** Told of every script of ours that starts on a machine. */
  readonly onScript?: (machine: Machine, script: string) => void;
  /** Where connections through the jump host come from in the simulated network. */
  readonly jumpHostAddress: string;
  /** Whether the machine's OpenSSH server runs. */
  readonly isSshRunning: (machine: Machine) => Promise<boolean>;
  /** Why Windows or its OpenSSH server refuses that account; undefined where it does not. Without it, only the administrator. */
  readonly refusesLogon?: (machine: Machine, name: string) => Promise<string | undefined>;
}

/** What answers at an address and port: the SSH server of a running machine that the network lets one reach, or nothing. */
export async function forwardingTo(target: ForwardTarget, options: ForwardingOptions): Promise<Forwarding> {
  const { azure, machines, executor, faults, calls, jumpHostAddress } = options;
  const decision = decide(
    azure.resources(),
    { from: jumpHostAddress, to: target.address, port: target.port, protocol: "Tcp" },
    {
      connected: [`${jumpHostAddress}/32`],
      isRunning: (machineId) => machines.find(machineId)?.power === "running",
    },
  );
  if (!decision.allowed || decision.machineId === undefined) return { kind: "silence", reason: decision.reason };
  const machine = machines.find(decision.machineId);
  if (!machine) return { kind: "silence", reason: "the machine is not there" };
  if (target.port !== 22) return { kind: "silence", reason: `nothing listens on port ${target.port}` };
  // Windows' own firewall drops what no service listens for: silence, too.
  if (!(await options.isSshRunning(machine))) return { kind: "silence", reason: "its OpenSSH server is not running" };
  const { server, description, gone } = machine;
  const { administratorName } = description;
  const { refusesLogon } = options;
  return {
    kind: "serve",
    serve: (connection) =>
      serveConnection(connection, {
        server,
        refuses: async (name) =>
          refusesLogon === undefined
            ? name.toLowerCase() === administratorName.toLowerCase()
              ? undefined
              : "not the administrator"
            : refusesLogon(machine, name),
        executor,
        faults,
        calls,
        gone,
        onRun: options.onRun,
        onCut: options.onCut,
        onScript: (script) => options.onScript?.(machine, script),
      }),
  };
}
