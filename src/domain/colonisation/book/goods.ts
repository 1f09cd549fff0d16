/** Tonnes by symbol. */
export type Tonnes = Readonly<Record<string, number>>;

/**
 * Under which a good is known, however a line of the game spells it: `$Aluminium_name;`, `aluminium`, `CMM Composite` is
 * `cmmcomposite`. Display names differ from language to language.
 * @returns null: it names none
 */
export function goodSymbol(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const symbol = value
    .trim()
    .toLowerCase()
    .replace(/^\$/, '')
    .replace(/;$/, '')
    .replace(/_name$/, '')
    .replace(/[\s_]+/g, '');
  // What every object has by itself would be counted along.
  return symbol === '' || symbol in {} ? null : symbol;
}

export function totalOf(goods: Tonnes): number {
  return Object.values(goods).reduce((sum, tonnes) => sum + tonnes, 0);
}

export function addGood(goods: Record<string, number>, symbol: string, tonnes: number): void {
  goods[symbol] = (goods[symbol] ?? 0) + tonnes;
}
