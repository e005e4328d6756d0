/** What a get function finds; undefined where Azure says that there is no such thing. Other errors are errors. */
export async function found<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (/\b404\b|not ?found|could not be found|does not exist/i.test(String((error as Error).message)))
      return undefined;
    throw error;
  }
}
