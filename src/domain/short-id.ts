/**
 * Eight letters and digits that nobody has.
 * @param random uniform in [0, 1)
 */
export function shortId(random: () => number, isTaken: (id: string) => boolean): string {
  for (;;) {
    const id = Math.floor(random() * 36 ** 8)
      .toString(36)
      .padStart(8, '0');
    if (!isTaken(id)) return id;
  }
}
