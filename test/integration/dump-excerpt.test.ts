import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { CATEGORIES, type Generation } from '../../src/domain/generation.ts';
import { readDump, type ReadBatch } from '../../src/infra/spansh/dump-reader.ts';
import { openDumpFile } from '../../src/infra/spansh/dump-source.ts';
import { marketRows } from '../support/dump.ts';
import { hasSharedData, SHARED_DATA } from '../support/shared-data.ts';

const EXCERPT = fileURLToPath(new URL('spansh/galaxy_stations.excerpt.json.gz', SHARED_DATA));

/** The dump as JSON.parse sees it; no station id and no system id of the excerpt is above 2^53. */
interface Block {
  updateTime: string;
  commodities: {
    commodityId: number;
    name: string;
    category: string;
    demand: number;
    supply: number;
    buyPrice: number;
    sellPrice: number;
  }[];
  ships: { shipId: number; name: string }[];
  modules: { moduleId: number; name: string }[];
}
interface Station {
  id: number;
  name: string;
  updateTime: string;
  services?: string[];
  type: string | null;
  market?: Block;
  shipyard?: Block;
  outfitting?: Block;
}
interface System {
  id64: number;
  name: string;
  coords: { x: number; y: number; z: number };
  stations: Station[];
  bodies: { stations: Station[] }[];
}

/** 2025-06-10: about half of the blocks are newer. */
const LIMIT_S = Date.UTC(2025, 5, 10) / 1000;

/** All times of the excerpt are UTC, `2025-06-19 20:43:28+00`. */
const seconds = (time: string) => Math.floor(Date.parse(time.replace(' ', 'T').replace('+00', 'Z')) / 1000);

describe.skipIf(!hasSharedData)('the excerpt of a real dump', () => {
  const dump = hasSharedData ? (JSON.parse(gunzipSync(readFileSync(EXCERPT)).toString()) as System[]) : [];
  const owned = dump.flatMap((system) =>
    [...system.stations, ...system.bodies.flatMap((body) => body.stations)].map((station) => ({
      system,
      station,
    })),
  );

  async function read(generation: Generation, blocksNotBeforeS: number) {
    const rules = {
      generation,
      categories: CATEGORIES,
      itemCategories: new Map(),
      blocksNotBeforeS,
      notAfterS: Infinity,
    };
    const batches: ReadBatch[] = [];
    for await (const batch of readDump(await openDumpFile(EXCERPT), { rules, threads: 2 }))
      batches.push(batch);
    return {
      systems: batches.flatMap((batch) => batch.systems),
      stations: batches.flatMap((batch) => batch.stations),
      items: new Map(batches.flatMap((batch) => batch.items.map(({ id, category }) => [id, category]))),
      ships: new Set(batches.flatMap((batch) => batch.ships.map(({ id }) => `${id}`))),
      upgrades: new Set(batches.flatMap((batch) => batch.upgrades.map(({ id }) => `${id}`))),
      problems: batches.flatMap((batch) => Object.entries(batch.problems)),
    };
  }

  const fresh = (block: Block | undefined, limitS: number) =>
    block !== undefined && seconds(block.updateTime) >= limitS ? block : undefined;
  const traded = (block: Block) => {
    const rows = new Map(block.commodities.map((row) => [row.commodityId, row]));
    return [...rows.values()].filter((row) => row.sellPrice > 0 || row.buyPrice > 0);
  };

  describe.each(['v12', 'v13'] as const)('%s', (generation) => {
    test('nothing is wrong with it', async () => {
      expect((await read(generation, 0)).problems).toEqual([]);
    });

    test('System', async () => {
      const { systems } = await read(generation, 0);
      expect(
        systems.map(({ id, name, x, y, z }) => ({ id64: Number(id), name, coords: { x, y, z } })),
      ).toEqual(dump.map(({ id64, name, coords: { x, y, z } }) => ({ id64, name, coords: { x, y, z } })));
    });

    test('Station', async () => {
      const { stations } = await read(generation, 0);
      expect(
        stations.map(({ id, row }) => [
          Number(id),
          row?.name,
          Number(row?.systemId),
          row?.modifiedS,
          row?.market,
          row?.outfitting,
        ]),
      ).toEqual(
        owned.map(({ system, station }) => [
          station.id,
          station.name,
          system.id64,
          seconds(station.updateTime),
          station.market ? 'Y' : 'N',
          station.outfitting ? 'Y' : 'N',
        ]),
      );
      const carriers = generation === 'v12' ? 24 : 5;
      expect(stations.filter(({ row }) => row?.typeId === carriers)).toHaveLength(
        owned.filter(({ station }) => station.type === 'Drake-Class Carrier').length,
      );
      expect(stations.filter(({ row }) => row?.repair === 'Y')).toHaveLength(
        owned.filter(({ station }) => station.services?.includes('Repair')).length,
      );
    });

    test.each([0, LIMIT_S])('StationItem since %i', async (limitS) => {
      const { stations } = await read(generation, limitS);
      const expected = owned.flatMap(({ station: { id, market } }) => {
        const block = fresh(market, limitS);
        if (block === undefined || traded(block).length === 0) return [];
        const rows = traded(block).map((row) => [
          row.commodityId,
          row.sellPrice,
          row.demand,
          row.buyPrice,
          row.supply,
        ]);
        return [{ id, atS: seconds(block.updateTime), rows: rows.sort(([a], [b]) => a! - b!) }];
      });
      const staged = stations.flatMap(({ id, market }) =>
        market === null ? [] : [{ id: Number(id), atS: market.observedAtS, rows: marketRows(market.rows) }],
      );
      expect(staged).toEqual(expected);
      expect(expected.length).toBeGreaterThan(20);
    });

    test.each([0, LIMIT_S])('Item since %i', async (limitS) => {
      const { items } = await read(generation, limitS);
      const expected = new Map<number, string>();
      for (const { station } of owned) {
        for (const { commodityId, category } of fresh(station.market, limitS)?.commodities ?? []) {
          expected.set(commodityId, category);
        }
      }
      expect(items).toEqual(expected);
    });

    test.each([0, LIMIT_S])('Ship and ShipVendor since %i', async (limitS) => {
      const { stations, ships } = await read(generation, limitS);
      const expected = owned.flatMap(({ station: { id, shipyard } }) =>
        [...new Set(fresh(shipyard, limitS)?.ships.map(({ shipId }) => shipId))].map(
          (ship) => `${id} ${ship}`,
        ),
      );
      expect(
        stations
          .flatMap(({ id, shipyard }) => [...(shipyard?.ids ?? [])].map((ship) => `${id} ${ship}`))
          .sort(),
      ).toEqual(expected.sort());
      expect(ships).toEqual(new Set(expected.map((pair) => pair.split(' ')[1])));
    });

    test('Upgrade and UpgradeVendor', async () => {
      const { stations, upgrades } = await read(generation, 0);
      const expected = owned.flatMap(({ station: { id, outfitting } }) =>
        generation === 'v13'
          ? []
          : [...new Set(outfitting?.modules.map(({ moduleId }) => moduleId))].map((unit) => `${id} ${unit}`),
      );
      expect(
        stations
          .flatMap(({ id, outfitting }) => [...(outfitting?.ids ?? [])].map((unit) => `${id} ${unit}`))
          .sort(),
      ).toEqual(expected.sort());
      expect(upgrades).toEqual(new Set(expected.map((pair) => pair.split(' ')[1])));
    });
  });
});
