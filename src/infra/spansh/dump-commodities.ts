import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Commodity } from '../../domain/market/catalogue.ts';
import type { SeenItem } from '../../domain/spansh/records.ts';
import { publishFile } from '../publishing/publish.ts';

const commodityList = z.array(
  z.object({ id: z.number(), symbol: z.string(), category: z.string(), name: z.string(), rare: z.boolean() }),
);

/**
 * Keeps the commodities that dumps have named, for EDCD's list may be out of reach or behind the game. A file that
 * is not there or damaged is an empty list: the next import fills it.
 */
export function createDumpCommodities(path: string) {
  async function read(): Promise<readonly Commodity[]> {
    try {
      return commodityList.parse(JSON.parse(await readFile(path, 'utf8')));
    } catch {
      return [];
    }
  }

  return {
    read,

    /** Adds what is not there yet; what is may have a new name or category. */
    async learn(items: readonly SeenItem[]): Promise<void> {
      const known = new Map((await read()).map((commodity) => [commodity.id, commodity]));
      for (const { id, name, category, symbol } of items) {
        if (symbol !== null) known.set(id, { id, symbol, category, name, rare: false });
      }
      const list = [...known.values()].sort((a, b) => a.id - b.id);
      await publishFile(path, (write) => write(Buffer.from(JSON.stringify(list))));
    },
  };
}
