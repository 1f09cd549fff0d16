import { distance } from 'fastest-levenshtein';

/** The known word that was probably meant; null: none is near enough. */
export function nearest(word: string, known: readonly string[]): string | null {
  return nearestFew(word, known)[0] ?? null;
}

/** Advice for who has written a word that nobody knows. @param otherwise where none is near enough */
export function didYouMean(word: string, known: readonly string[], otherwise: string): string {
  const guess = nearest(word, known);
  return guess === null ? otherwise : `did you mean ${guess}?`;
}

const FEW = 3;

/** The known words that may have been meant, the nearest first; upper and lower case are the same. */
export function nearestFew(word: string, known: readonly string[]): string[] {
  // Two letters that have changed places are two edits.
  const most = Math.max(word.length < 4 ? 1 : 2, word.length * 0.4);
  return known
    .map((each) => ({ each, edits: distance(word.toLowerCase(), each.toLowerCase()) }))
    .filter(({ edits }) => edits <= most)
    .sort((a, b) => a.edits - b.edits)
    .slice(0, FEW)
    .map(({ each }) => each);
}
