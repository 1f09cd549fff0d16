import { Piscina } from 'piscina';
import { AppError } from '../../domain/errors.ts';
import type { HistoryReader } from '../../domain/ports/publishing/history.ts';
import { moduleBeside } from '../threads/module-beside.ts';
import type { Answer, CommodityTask, MarketTask, readCommodity, readMarket } from './reader.worker.ts';

/** Questions that may wait for the thread. */
const MAX_WAITING = 32;
/** A thread without work ends. */
const IDLE_MS = 30_000;

/** Reads a history in a thread of its own, which the first question starts. */
export function createHistoryReader(directory: string): HistoryReader {
  const pool = new Piscina({
    filename: moduleBeside(import.meta.url, './reader.worker').href,
    ...{ minThreads: 0, maxThreads: 1, maxQueue: MAX_WAITING, idleTimeout: IDLE_MS, recordTiming: false },
    // Who asks first is answered first.
    stricterFIFO: true,
  });
  pool.on('error', () => undefined);

  async function ask<T>(name: string, task: MarketTask | CommodityTask): Promise<Told<T>> {
    if (pool.queueSize >= MAX_WAITING) {
      throw new AppError('history', 'too many ask for the history: ask again in a moment');
    }
    const answer = (await pool.run(task, { name })) as Answer<T>;
    if ('refusal' in answer) throw new AppError('history', answer.refusal);
    return answer as Told<T>;
  }

  return {
    market: (marketId, itemId, range) =>
      ask<Read<typeof readMarket>>('readMarket', { directory, marketId, itemId, range }),
    commodity: (itemId, range, bucketS) =>
      ask<Read<typeof readCommodity>>('readCommodity', { directory, itemId, range, bucketS }),
    close: () => pool.close({ force: true }),
  };
}

type Told<T> = Exclude<Answer<T>, { readonly refusal: string }>;
type Read<Task extends (task: never) => Promise<unknown>> = Exclude<
  Awaited<ReturnType<Task>>,
  { readonly refusal: string }
>;
