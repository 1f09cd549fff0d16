const NOT_YET = Promise.resolve(null);

/** What is read, if it has been: whoever asks does not wait for it. Null: it is on its way, or could not be read. */
export function ifThere<T>(reading: Promise<T>): Promise<T | null> {
  return Promise.race([reading, NOT_YET]).catch(() => null);
}
