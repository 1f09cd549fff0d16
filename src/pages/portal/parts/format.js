/** How numbers and times are written. Null is unknown and never 0. */

const HOUR_S = 3_600;
const DAY_S = 86_400;

/** @param {number} value */
export function count(value) {
  return value.toLocaleString('en');
}

/** @param {number} value */
export function decimal(value, digits = 1) {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/**
 * `12 s`, `5 min`, `3 h`, `12 d`: whole units, rounded down.
 * @param {number} ageS
 */
export function age(ageS) {
  if (ageS < 60) return `${Math.max(0, Math.floor(ageS))} s`;
  if (ageS < HOUR_S) return `${Math.floor(ageS / 60)} min`;
  if (ageS < 2 * DAY_S) return `${Math.floor(ageS / HOUR_S)} h`;
  return `${count(Math.floor(ageS / DAY_S))} d`;
}

/** @typedef {'fresh' | 'today' | 'week' | 'stale' | 'never'} Freshness */

/** @type {Readonly<Record<Freshness, string>>} */
export const VERDICTS = {
  fresh: 'Fresh',
  today: 'Fairly fresh',
  week: 'Getting old',
  stale: 'Stale',
  never: 'Never seen',
};

/**
 * @param {number | null} ageS
 * @returns {Freshness}
 */
export function freshness(ageS) {
  if (ageS === null) return 'never';
  if (ageS <= HOUR_S) return 'fresh';
  if (ageS <= DAY_S) return 'today';
  return ageS <= 7 * DAY_S ? 'week' : 'stale';
}

/**
 * `2026-05-01 12:00 UTC`
 * @param {string} iso
 */
export function moment(iso) {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/** @param {number} value */
export function bytes(value) {
  if (value < 1_000) return `${value} B`;
  const [size, unit] =
    value < 1e6 ? [value / 1e3, 'kB'] : value < 1e9 ? [value / 1e6, 'MB'] : [value / 1e9, 'GB'];
  return `${decimal(size, size < 10 ? 1 : 0)} ${unit}`;
}

/** @param {string} duration `7d` as an address has it */
export function spelled(duration) {
  const units = /** @type {Record<string, string>} */ ({ m: 'minute', h: 'hour', d: 'day' });
  const [, number = '', unit = ''] = /^(\d+)([mhd])$/.exec(duration) ?? [];
  if (number === '') return duration;
  return `${number} ${units[unit]}${number === '1' ? '' : 's'}`;
}

/**
 * Where is searched.
 * @param {string} near empty: everywhere
 * @param {string} within light years
 */
export function around(near, within) {
  return near === '' ? 'in the whole galaxy' : `within ${within} ly of ${near}`;
}
