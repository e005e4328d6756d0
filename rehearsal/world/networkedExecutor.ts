import type { ServerFolder, WindowsExecutor } from "./contract";

export interface NetworkOfServers {
  /** Whether what is outside the machine's virtual network answers it now. */
  readonly isCutOff: (server: ServerFolder) => boolean;
  readonly setCutOff: (server: ServerFolder, cutOff: boolean) => Promise<void>;
}

/** Every script meets the network as Azure has it at that moment: a peering that is not connected is felt inside. */
export function onNetwork(executor: WindowsExecutor, { isCutOff, setCutOff }: NetworkOfServers): WindowsExecutor {
  const met = (server: ServerFolder): Promise<void> => setCutOff(server, isCutOff(server));
  return {
    kind: executor.kind,
    exec: async (server, run) => {
      await met(server);
      return executor.exec(server, run);
    },
    runScript: async (server, request) => {
      await met(server);
      return executor.runScript(server, request);
    },
  };
}
