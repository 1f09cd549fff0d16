/** Which generation of Trade Dangerous the database and the published files serve. */
export type Generation = 'v12' | 'v13';

/** `auto` = what the database is; a new one is v12. */
export type GenerationChoice = Generation | 'auto';

export const DEFAULT_GENERATION: Generation = 'v12';

/** Source: Trade Dangerous `Category.csv`, ids 1-16. Category 1 must be Metals or clients refuse to run. */
export const CATEGORIES: readonly string[] = [
  'Metals',
  'Minerals',
  'Chemicals',
  'Foods',
  'Textiles',
  'Industrial Materials',
  'Medicines',
  'Legal Drugs',
  'Machinery',
  'Technology',
  'Weapons',
  'Consumer Items',
  'Slavery',
  'Waste',
  'NonMarketable',
  'Salvage',
];

/** The values a station gets that the feed names and no table knows: type unknown, distance unknown, a market. */
export const NEW_STATION = { typeId: 0, lsFromStar: 999_999, market: 'Y', flag: '?' } as const;

/**
 * `lookup_name` (v13): upper case, without punctuation, spaces and apostrophes.
 * Source: Trade Dangerous v13's schema page, in words; its exact character set was not seen.
 */
export function lookupName(name: string): string {
  return name.toUpperCase().replace(/[\p{P}\p{S}\s]/gu, '');
}
