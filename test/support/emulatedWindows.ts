const variable = "ENTRA_CONNECT_TEST_POWERSHELL";

/** Work whose simulated servers are emulated, whatever is on this machine; the next test file in this process has its own again. */
export async function onEmulatedWindows<T>(work: () => Promise<T>): Promise<T> {
  const given = process.env[variable];
  process.env[variable] = "off";
  try {
    return await work();
  } finally {
    if (given === undefined) delete process.env[variable];
    else process.env[variable] = given;
  }
}
