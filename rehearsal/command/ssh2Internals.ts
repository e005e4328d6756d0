import type { Client, SFTPWrapper } from "ssh2";

/**
 * The one file that reaches behind ssh2's public interface (1.17). Why it must: `exec(command, { env })` sends the
 * variables without asking for a reply, so a refusal is never seen and their order against each other's answers is
 * lost; stdout and stderr are two streams whose common order is lost; SFTP drops empty writes and has no end of file.
 */

interface RawProtocol {
  session(channel: number, window: number, packetSize: number): void;
  env(channel: number, name: string, value: string, wantReply: boolean): void;
  exec(channel: number, command: string, wantReply: boolean): void;
  channelEOF(channel: number): void;
  channelData(channel: number, data: Buffer): void;
}

type Opened = ((error: unknown, channel: RawChannel) => void) & { type?: string };

interface RawClient {
  readonly _protocol: RawProtocol;
  readonly _chanMgr: { add(opened: Opened): number };
}

/** A client-side channel with what is needed of its insides. */
export interface RawChannel extends NodeJS.ReadWriteStream {
  readonly incoming: { readonly state: string };
  readonly outgoing: { readonly id: number; state: string };
  readonly _callbacks: ((refused: unknown) => void)[];
  readonly stderr: NodeJS.ReadableStream & { push(chunk: Buffer | null): boolean };
  push(chunk: Buffer | null): boolean;
  close(): void;
}

interface RawSftp {
  readonly _protocol: RawProtocol;
  readonly _requests: Record<number, { cb(error: unknown): void }>;
  readonly outgoing: { readonly id: number; state: string };
  _writeReqid: number;
  _maxWriteLen: number;
}

const rawClient = (client: Client): RawClient => client as unknown as RawClient;
const rawSftp = (sftp: SFTPWrapper): RawSftp => sftp as unknown as RawSftp;

const windowSize = 2 * 1024 * 1024;
const packetSize = 32 * 1024;

export interface ChannelRefusal {
  /** The number of SSH_MSG_CHANNEL_OPEN_FAILURE; undefined where the connection ended instead. */
  readonly reason: number | undefined;
  readonly description: string;
}

export function channelRefusal(error: unknown): ChannelRefusal {
  const reason = typeof error === "object" && error !== null && "reason" in error ? error.reason : undefined;
  const message = error instanceof Error ? error.message : "";
  return {
    reason: typeof reason === "number" ? reason : undefined,
    description: message.replace("(SSH) Channel open failure: ", ""),
  };
}

/** Opens a session without asking for anything in it. */
export function openSession(client: Client): Promise<RawChannel | ChannelRefusal> {
  return new Promise((resolve) => {
    const { _chanMgr: channels, _protocol: protocol } = rawClient(client);
    const opened: Opened = (error, channel) => {
      // A refused channel must leave its number behind at once, before anything else is opened.
      if (error) resolve(channelRefusal(error));
      else resolve(channel);
    };
    opened.type = "session";
    protocol.session(channels.add(opened), windowSize, packetSize);
  });
}

export type Reply = "accepted" | "refused" | "closed";

function ask(channel: RawChannel, send: (id: number) => void): Promise<Reply> {
  return new Promise((resolve) => {
    if (channel.outgoing.state !== "open") {
      resolve("closed");
      return;
    }
    channel._callbacks.push((refused) => {
      if (!refused) resolve("accepted");
      else resolve(channel.incoming.state === "closed" ? "closed" : "refused");
    });
    send(channel.outgoing.id);
  });
}

export function setVariable(client: Client, channel: RawChannel, name: string, value: string): Promise<Reply> {
  return ask(channel, (id) => rawClient(client)._protocol.env(id, name, value, true));
}

export function execute(client: Client, channel: RawChannel, command: string): Promise<Reply> {
  return ask(channel, (id) => rawClient(client)._protocol.exec(id, command, true));
}

/**
 * Hands every piece of output on in the order of arrival, both streams mixed. While `take` returns false no more is
 * asked of the server, as its window is not opened again.
 */
export function takeOutput(channel: RawChannel, take: (chunk: Buffer, from: "stdout" | "stderr") => boolean): void {
  const end = { stdout: channel.push.bind(channel), stderr: channel.stderr.push.bind(channel.stderr) };
  channel.push = (chunk) => (chunk === null ? end.stdout(null) : take(chunk, "stdout"));
  channel.stderr.push = (chunk) => (chunk === null ? end.stderr(null) : take(chunk, "stderr"));
  channel.resume();
  channel.stderr.resume();
}

/** Lets SFTP writes be as long as the genuine plugin's, whatever the server calls itself. */
export function allowWritesOf(sftp: SFTPWrapper, bytes: number): void {
  rawSftp(sftp)._maxWriteLen = bytes;
}

const writeRequest = 6;

/** A WRITE of no bytes at offset 0: ssh2 leaves it out, the genuine plugin sends it for an empty text. */
export function writeNothing(sftp: SFTPWrapper, handle: Buffer, done: (error: unknown) => void): void {
  const raw = rawSftp(sftp);
  raw._writeReqid = (raw._writeReqid + 1) % 2 ** 32;
  raw._requests[raw._writeReqid] = { cb: done };
  const packet = Buffer.alloc(4 + 1 + 4 + 4 + handle.length + 8 + 4);
  packet.writeUInt32BE(packet.length - 4, 0);
  packet.writeUInt8(writeRequest, 4);
  packet.writeUInt32BE(raw._writeReqid, 5);
  packet.writeUInt32BE(handle.length, 9);
  handle.copy(packet, 13);
  raw._protocol.channelData(raw.outgoing.id, packet);
}

/** Says that no more requests come; the server is to end the channel. */
export function endRequests(sftp: SFTPWrapper): void {
  const raw = rawSftp(sftp);
  if (raw.outgoing.state !== "open") return;
  raw.outgoing.state = "eof";
  raw._protocol.channelEOF(raw.outgoing.id);
}
