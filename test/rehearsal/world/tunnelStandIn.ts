/**
 * Stands for `az network bastion tunnel`: takes a connection on the local port before it knows whether anything is behind
 * it, then goes through the rehearsal's jump host to the address that TUNNEL_TARGETS names for the resource id.
 */
import { appendFileSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { Client, type ConnectConfig } from "ssh2";

interface Plan {
  readonly jumpHost: ConnectConfig;
  /** Private address by resource id. */
  readonly targets: Readonly<Record<string, string>>;
  /** Where every call is written down. */
  readonly calls: string;
}

const plan = JSON.parse(readFileSync(process.env.TUNNEL_PLAN ?? "", "utf8")) as Plan;
const words = process.argv.slice(2);
appendFileSync(plan.calls, `${words.join(" ")}\n`);
const option = (name: string): string => words[words.indexOf(name) + 1] ?? "";
const address = plan.targets[option("--target-resource-id")];

createServer((socket) => {
  socket.on("error", () => undefined);
  // A machine that is not there: the connection stands, and nothing ever comes.
  if (address === undefined) return;
  const client = new Client();
  client.on("error", () => socket.destroy());
  client.on("ready", () =>
    client.forwardOut("127.0.0.1", 0, address, Number(option("--resource-port")), (error, stream) => {
      if (error) return socket.destroy();
      stream.on("error", () => undefined);
      socket.pipe(stream).pipe(socket);
      socket.on("close", () => client.end());
    }),
  );
  client.connect(plan.jumpHost);
}).listen(Number(option("--port")), "127.0.0.1", () => process.stderr.write("Opening tunnel\n"));
