import { AppError, StoreError } from '../../src/domain/errors.ts';
import type { DeltaPublisherPorts } from '../../src/domain/ports/publishing/delta-publisher.ts';
import type { ProcessTime } from '../support/virtual-time.ts';
import type { World } from './world.ts';

const HOUR_MS = 40_000;

/** Deltas of an hour that is soon over: public at one instant, each from where the last one ended. */
export function createFakeDeltas(world: World, time: ProcessTime): DeltaPublisherPorts {
  const hourOf = (ms: number) => Math.floor(ms / HOUR_MS);
  const read = async (signal: AbortSignal) => {
    if (world.suffers('database down')) throw new StoreError('unavailable', 'the database is down');
    await time.after(world.random.between(5, 8_000), signal);
  };
  return {
    enabled: true,
    plan: (signal) =>
      world.using('planning deltas', async () => {
        await read(signal);
        const nowMs = time.now();
        const isDue = hourOf(nowMs) !== hourOf(world.deltas.atMs);
        return { due: isDue ? 'hourly' : null, restMs: HOUR_MS - (nowMs % HOUR_MS) };
      }),
    make: (kind, signal) =>
      world.using('making deltas', async () => {
        const { count } = world.deltas;
        const atMs = time.now();
        await read(signal);
        if (world.suffers('export disk full')) throw new AppError('publishFull', 'no space left for a delta');
        if (world.deltas.count !== count) world.violated('two deltas at once');
        world.deltas = { count: count + 1, atMs };
        await time.after(5);
        return { kind, delta: null, isBroken: false };
      }),
  };
}
