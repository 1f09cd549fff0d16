/** Keeps the files that another daemon publishes. */
export interface Mirror {
  /**
   * Makes the files here those of the daemon at an address: whole ones, all of them fetched before the first is replaced.
   *
   * @param mayReplace asked before each is
   * @returns names of those that were replaced or taken away
   * @throws AppError `mirror`; what writing them throws; the signal's reason
   */
  fetch(url: string, signal: AbortSignal, mayReplace: () => boolean): Promise<readonly string[]>;
}
