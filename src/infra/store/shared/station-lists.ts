/** What a `services` fact lists (domain/galaxy/facts.ts). */
export function servicesOf(fact: string): string[] {
  return fact === '' ? [] : fact.split(',');
}

/** What an `economies` fact lists. */
export function economiesOf(fact: string): (readonly [economy: string, proportion: number])[] {
  return servicesOf(fact).map((part) => {
    const [economy = '', proportion] = part.split('=');
    return [economy, Number(proportion)];
  });
}
