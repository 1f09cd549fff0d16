import { closest, distance } from 'fastest-levenshtein';

/** The known word that was probably meant; null: none is near enough. */
export function nearest(word: string, known: readonly string[]): string | null {
  if (known.length === 0) return null;
  const found = closest(word.toLowerCase(), known);
  return distance(word.toLowerCase(), found) <= Math.max(1, word.length * 0.4) ? found : null;
}
