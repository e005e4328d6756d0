const variable = "ENTRA_CONNECT_TEST_POWERSHELL";

/**
 * A world that is opened so emulates its servers, whatever is on this machine: how they are run is decided there. What
 * this process opens next has the environment as it was.
 */
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
