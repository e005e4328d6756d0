import { lateCodePaths } from "./components/codePaths";

lateCodePaths();

import { fromSettings, PassiveServer } from "./components";
import { withoutSdkMessages } from "./components/debugMessages";
import { unmappedPromiseStacks } from "./components/promiseStacks";

unmappedPromiseStacks();
withoutSdkMessages();
const { name, args } = fromSettings();
const server = new PassiveServer(name, args);

export const verdict = server.verdict;
export const findings = server.findings;
export const instructions = server.instructions;
export const servers = server.servers;
export const egressAddress = server.egressAddress;
