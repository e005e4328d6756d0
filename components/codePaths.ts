import Module, { createRequire } from "node:module";

/** What the SDK loads for functions that are serialized, and only then uses: a tenth of a program's start each. */
const ofSerializedFunctions = [
  /** Finds the packages of such a function. */
  "@npmcli/arborist",
  /** Parses it; Pulumi's runner has loaded it already for a program in TypeScript. */
  "@pulumi/pulumi/typescript-shim.js",
];

/**
 * Lets the SDK load what it needs for serialized functions when something is asked of it, and not with the SDK itself.
 * Whoever serializes functions (dynamic providers) gets the real ones, and their errors. Before the SDK is loaded, and
 * for a program of its own process only.
 */
export function lateCodePaths(): void {
  for (const name of ofSerializedFunctions) late(name);
}

function late(name: string): void {
  let ofSdk: NodeJS.Require;
  let path: string;
  try {
    ofSdk = createRequire(require.resolve("@pulumi/pulumi"));
    path = ofSdk.resolve(name);
  } catch {
    return; // an SDK without it, or none at all: nothing to keep back
  }
  if (require.cache[path] !== undefined) return;
  const standIn = new Module(path);
  const real = (): object => {
    if (require.cache[path] === standIn) delete require.cache[path];
    return ofSdk(path);
  };
  standIn.loaded = true;
  standIn.exports = new Proxy(class {}, {
    // The SDK copies what is no ES module, which would load it after all.
    get: (_target, key) => key === "__esModule" || Reflect.get(real(), key),
    has: (_target, key) => Reflect.has(real(), key),
    ownKeys: () => Reflect.ownKeys(real()),
    construct: (_target, args) => Reflect.construct(real() as new (...args: unknown[]) => object, args),
  });
  require.cache[path] = standIn;
}
