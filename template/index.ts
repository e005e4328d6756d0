import { fromSettings, PassiveServer } from "pulumi-entra-connect";

const { name, args } = fromSettings(); // Pulumi.<stack>.yaml, keys entra-connect:…
const server = new PassiveServer(name, args);

export const verdict = server.verdict;
export const findings = server.findings;
export const instructions = server.instructions;
export const servers = server.servers;
export const egressAddress = server.egressAddress;
