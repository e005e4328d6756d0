import * as log from "@pulumi/pulumi/log";

/** With this variable set, and `pulumi up --debug`, the SDK's messages about its own calls are told as ever. */
const wantedBy = "ENTRA_CONNECT_SDK_MESSAGES";

/** How those messages begin: several for every resource, the last with all that the engine answered. */
const ofOwnCalls =
  /^(Registering resource: |RegisterResource(Outputs)? RPC |Resource RPC serialization |Reading resource: |ReadResource RPC |(Invoking|Calling) function: |(Invoke|Call) RPC )/;

/**
 * Keeps the SDK's messages about its own calls from the engine, which hides them without `--debug`: each is a call of
 * its own, one after the other, and a script's text goes along in it twice. All errors and warnings are told as
 * before, and so is a program's own `pulumi.log.debug`, unless it begins like one of those. For a program of its own process only.
 */
export function withoutSdkMessages(environment: NodeJS.ProcessEnv = process.env): void {
  if (environment[wantedBy]) return;
  const told = log.debug;
  const debug: typeof told = (message, ...rest) =>
    ofOwnCalls.test(message) ? Promise.resolve() : told(message, ...rest);
  // The SDK's modules ask this object for it at every message.
  Object.assign(log, { debug });
}
