import { CATEGORIES } from '../../src/domain/generation.ts';
import { allocateKnown, systemContent, type Known } from '../../src/domain/spansh/known.ts';
import type { DumpRules } from '../../src/domain/spansh/records.ts';
import { ROW, ROW_WIDTH } from '../../src/domain/market/snapshot.ts';
import { DumpStager, type StagedText } from '../../src/infra/spansh/dump-stager.ts';
import { SENTINEL } from '../../src/infra/spansh/json-cursor.ts';

/** 2026-11-20T12:00:00Z. */
export const NOW_S = 1_795_176_000;

export const RULES: DumpRules = {
  generation: 'v12',
  categories: CATEGORIES,
  itemCategories: new Map(),
  blocksNotBeforeS: NOW_S - 30 * 86_400,
  notAfterS: NOW_S + 300,
};

export const V13: DumpRules = { ...RULES, generation: 'v13' };

/** As Spansh writes times. */
export function spanshTime(atS: number): string {
  return `${new Date(atS * 1000).toISOString().slice(0, 19).replace('T', ' ')}+00`;
}

type Fields = Readonly<Record<string, unknown>>;

/** An id that JSON.stringify would round: {@link dumpOf} writes it as a number. */
export function bigId(digits: string): string {
  return `bigint:${digits}`;
}

export function aSystem(fields: Fields = {}): Fields {
  return {
    id64: 10_477_373_803,
    name: 'Sol',
    coords: { x: 0, y: 0, z: 0 },
    date: spanshTime(NOW_S),
    bodies: [],
    stations: [],
    ...fields,
  };
}

export function aStation(fields: Fields = {}): Fields {
  return { name: 'Galileo', id: 128_016_640, updateTime: spanshTime(NOW_S - 100), ...fields };
}

export function aMarket(commodities: readonly unknown[], atS = NOW_S - 200): Fields {
  return { commodities, prohibitedCommodities: [], updateTime: spanshTime(atS) };
}

export const GOLD = 128_049_154;

export function aCommodity(fields: Fields = {}): Fields {
  return {
    name: 'Gold',
    symbol: 'Gold',
    category: 'Metals',
    commodityId: GOLD,
    demand: 20,
    supply: 0,
    buyPrice: 0,
    sellPrice: 9_400,
    ...fields,
  };
}

/** The text of a dump of these systems. */
export function dumpOf(...systems: readonly unknown[]): string {
  const lines = systems.map((system) => JSON.stringify(system).replaceAll(/"bigint:(\d+)"/g, '$1'));
  return `[\n    ${lines.join(',\n    ')}\n]\n`;
}

/** What staging makes of a dump's text, without threads. */
export function stageText(text: string | Uint8Array, rules = RULES, known: Known | null = null): StagedText {
  return new DumpStager(rules, known).stage(Buffer.concat([Buffer.from(text), Buffer.from(SENTINEL)]));
}

/** The one station of a system that has a station, staged. */
export function stageOne(station: unknown, rules = RULES) {
  const staged = stageText(dumpOf(aSystem({ stations: [station] })), rules);
  return { ...staged, station: staged.stations[0] };
}

/** Kinds and counts, without samples. */
export function problemCounts({ problems }: Pick<StagedText, 'problems'>): Record<string, number> {
  return Object.fromEntries(Object.entries(problems).map(([kind, { count }]) => [kind, count]));
}

/** Rows as [item, demand price, demand units, supply price, supply units]. */
export function marketRows(rows: Int32Array | undefined): number[][] {
  const columns = [ROW.itemId, ROW.demandPrice, ROW.demandUnits, ROW.supplyPrice, ROW.supplyUnits];
  return Array.from({ length: (rows?.length ?? 0) / ROW_WIDTH }, (_, i) =>
    columns.map((column) => rows![i * ROW_WIDTH + column]!),
  );
}

/** What a database knows that has imported these batches. */
export function knownFrom(batches: readonly Pick<StagedText, 'systems' | 'stations'>[]): Known {
  const byId = (a: { id: bigint }, b: { id: bigint }) => (a.id < b.id ? -1 : 1);
  const systems = batches.flatMap((batch) => batch.systems).sort(byId);
  const stations = batches.flatMap((batch) => batch.stations).sort(byId);
  const known = allocateKnown(systems.length, stations.length);
  for (const [i, system] of systems.entries()) {
    known.systems.ids[i] = system.id;
    known.systems.modifiedS[i] = system.modifiedS;
    known.systems.content[i] = systemContent(system);
  }
  for (const [i, { id, row, market, shipyard, outfitting }] of stations.entries()) {
    known.stations.ids[i] = id;
    if (row !== null) known.stations.rowS[i] = row.modifiedS;
    if (market !== null) known.stations.marketS[i] = market.observedAtS;
    if (shipyard !== null) known.stations.shipyardS[i] = shipyard.observedAtS;
    if (outfitting !== null) known.stations.outfittingS[i] = outfitting.observedAtS;
  }
  return known;
}
