/** What refusals for the same reason have in common: their text without values. */
export function reasonKind(reason: string): string {
  return reason.replaceAll(/'[^']*'|\d/g, '');
}
