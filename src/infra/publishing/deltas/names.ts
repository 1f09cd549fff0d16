import type { DeltaKind, LogPoint } from '../../../domain/deltas/deltas.ts';

export const DELTA_INDEX = 'index.json';

/** What there may be in the folder of deltas. */
export const DELTA_FILE = /^(?:index\.json|(?:hourly|daily)-\d{8}T\d{6}Z-\d+\.(?:json|csv\.gz|csv\.zst))$/;

/** Beside `listings.csv`. */
export const FULL_MANIFEST = 'listings.manifest.json';
export const FULL_COMPRESSED = 'listings.csv.zst';

/** The name of a delta without ending. */
export function baseName(kind: DeltaKind, { seq, at }: LogPoint): string {
  return `${kind}-${at.replace(/\.\d+Z$/, 'Z').replaceAll(/[-:]/g, '')}-${seq}`;
}
