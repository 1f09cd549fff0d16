import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Commodity } from '../../domain/market/catalogue.ts';
import type { SeenItem } from '../../domain/spansh/records.ts';
import { publishFile } from '../publishing/publish.ts';

const commodityList = z.array(
  z.object({ id: z.number(), symbol: z.string(), category: z.string(), name: z.string(), rare: z.boolean() }),
);

/** What is to be remembered of a commodity. */
type Remembered = Omit<SeenItem, 'symbol'> & { readonly symbol: string | null; readonly rare?: boolean };

/**
 * Keeps the commodities that EDCD's list may lack: those that dumps have named, for it may be out of reach or behind the
 * game, and those that were in it. A file that is not there or damaged is an empty list: the next import fills it.
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
    async learn(items: readonly Remembered[]): Promise<void> {
      const known = new Map((await read()).map((commodity) => [commodity.id, commodity]));
      for (const { id, name, category, symbol, rare = false } of items) {
        if (symbol !== null) known.set(id, { id, symbol, category, name, rare });
      }
      const list = [...known.values()].sort((a, b) => a.id - b.id);
      await publishFile(path, (write) => write(Buffer.from(JSON.stringify(list))));
    },
  };
}
