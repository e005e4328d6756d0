import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { ExportFile } from "./exportFile";

/** From this size on a thread of its own hashes while the file is being read; below, that thread would cost more. */
const threadFrom = 16 * 1024 * 1024;

export interface Hashing {
  /** SHA-256 of each file, in their order. */
  result(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** Begins to hash files beside whatever else is done with them. */
export function startHashing(files: readonly ExportFile[]): Hashing {
  const total = files.reduce((sum, file) => sum + file.size, 0);
  if (total < threadFrom) return { result: async () => files.map(hashHere), stop: async () => {} };
  const worker = new Worker(program, { eval: true, workerData: files.map((file) => file.path) });
  const hashes = new Promise<readonly string[]>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  // Whoever asks for the result hears of an error; nobody asks where reading has failed before.
  hashes.catch(() => {});
  return {
    result: () => hashes,
    stop: async () => {
      await worker.terminate();
    },
  };
}

function hashHere({ path }: ExportFile): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

const program = `
const { createHash } = require("node:crypto");
const { closeSync, openSync, readSync } = require("node:fs");
const { parentPort, workerData } = require("node:worker_threads");
const buffer = Buffer.alloc(1 << 20);
parentPort.postMessage(workerData.map((path) => {
  const hash = createHash("sha256");
  const file = openSync(path, "r");
  try {
    for (let at = 0, count; (count = readSync(file, buffer, 0, buffer.length, at)) > 0; at += count) hash.update(buffer.subarray(0, count));
  } finally {
    closeSync(file);
  }
  return hash.digest("hex");
}));
`;
