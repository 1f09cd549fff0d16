import type { StationProfile } from './records.ts';
import { readShortName } from '../eddn/values.ts';
import { isJsonObject, type JsonObject } from './values.ts';

/** Names of a station at most, and letters of one. */
const MAX_NAMES = 64;
const MAX_KNOWN = 1_000;

/** Services that the game's journal calls otherwise; the others are called as here, in one word. */
const serviceOf = inOneWord({
  factionmarket: 'commodities',
  fleetcarrierfuel: 'carrierfuel',
  fleetcarriermanagement: 'carriermanagement',
  interstellarfactorscontact: 'facilitator',
  market: 'commodities',
  redemptionoffice: 'voucherredemption',
  refinerycontact: 'refinery',
  restock: 'rearm',
  searchandrescue: 'searchrescue',
  technologybroker: 'techbroker',
  universalcartographics: 'exploration',
  workshop: 'engineer',
});
const economyOf = inOneWord({
  agriculture: 'agri',
  engineering: 'engineer',
  privateenterprise: 'carrier',
});

/** @param body of the body that the station is listed with; undefined: of none */
export function stageProfile(station: JsonObject, body: unknown): StationProfile {
  return {
    body: readShortName(body) ?? undefined,
    services: services(station.services),
    economies: economies(station.economies),
  };
}

/** A list is of all of them. */
function services(value: unknown): string | undefined {
  if (!Array.isArray(value)) return undefined;
  const words = (value as unknown[]).slice(0, MAX_NAMES).map((name) => serviceOf(name));
  return [...new Set(words.filter((word) => word !== ''))].sort().join();
}

/** Told in percent. */
function economies(value: unknown): string | undefined {
  if (!isJsonObject(value)) return undefined;
  const shares = Object.entries(value)
    .slice(0, MAX_NAMES)
    .map(([name, percent]) => [economyOf(name), Number(percent) / 100] as const)
    .filter(([word, share]) => word !== '' && share > 0 && share <= 1);
  if (shares.length === 0) return undefined;
  return shares
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([word, share]) => `${word}=${share}`)
    .join();
}

/** A few dozen names come again and again. @param others words that are not what the name says */
function inOneWord(others: Readonly<Record<string, string>>): (name: unknown) => string {
  const other = new Map(Object.entries(others));
  const known = new Map<string, string>();
  return (name) => {
    if (typeof name !== 'string' || name.length > MAX_NAMES) return '';
    let word = known.get(name);
    if (word === undefined) {
      const plain = name.toLowerCase().replaceAll(/\W/g, '');
      word = other.get(plain) ?? plain;
      if (known.size < MAX_KNOWN) known.set(name, word);
    }
    return word;
  };
}
