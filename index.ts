import { PassiveServer, preparePassiveServer } from "./components";

export = async () => {
  const prepared = await preparePassiveServer();
  const { settings } = prepared;
  const server = new PassiveServer(settings.server.name, prepared);
  return {
    verdict: server.verdict,
    findings: server.findings,
    instructions: server.instructions,
    servers: server.generations,
    egressAddress: server.egressAddress,
    memory: server.memory,
  };
};
