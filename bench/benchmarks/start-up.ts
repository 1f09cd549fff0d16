import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { commodity, commodityMessage, frame } from '../../test/support/messages.ts';
import { startRelay, type Relay } from '../../test/support/relay.ts';
import { addStations } from '../generators/galaxy.ts';
import { GOODS, stationIds } from '../generators/markets.ts';
import { onBoth, startDaemon, type DaemonDatabase } from '../harness/daemon.ts';
import { compare } from '../harness/measure.ts';
import { median } from '../harness/statistics.ts';
import type { Benchmark, Cost, Result, RunOptions } from '../harness/types.ts';

const SUBSCRIBER = fileURLToPath(new URL('../limits/subscriber.ts', import.meta.url));

export const benchmark: Benchmark = {
  about:
    'From the start of the process to the subscription at the relay (which waits for the catalogue), beside a bare ' +
    'subscriber of the same library in a process of its own; and on to the first row committed.',
  size: 1,
  unit: 'start',
  rounds: 5,
  run: (options) => onBoth((database) => measure(database, options)),
};

async function measure(database: DaemonDatabase, options: RunOptions): Promise<Result[]> {
  await addStations(database.execute, 1);
  const firstRowS: number[] = [];
  const start = async (): Promise<Cost> => {
    const began = performance.now();
    const daemon = await startDaemon(database);
    const wallS = since(began);
    firstRowS.push(await firstRow(database, daemon.relay, firstRowS.length + 1).then(() => since(began)));
    await daemon.stop();
    return { wallS, cpuS: null };
  };
  const measured = await compare(options, { run: () => undefined, cost: start }, [
    { name: 'a bare subscriber', run: () => undefined, cost: startSubscriber },
  ]);
  return [
    { name: `${database.backend}: subscribed`, amount: 1, unit: 'starts', ...measured, peakRssMiB: null },
    {
      name: `${database.backend}: first row committed`,
      figures: {
        'subscribed ms': median(measured.ours.map(({ wallS }) => wallS)) * 1_000,
        'committed ms': median(firstRowS) * 1_000,
      },
    },
  ];
}

async function startSubscriber(): Promise<Cost> {
  const relay = await startRelay();
  const began = performance.now();
  const child = spawn(process.execPath, [SUBSCRIBER, relay.url], { stdio: 'inherit' });
  await relay.waitForSubscribers();
  const wallS = since(began);
  await relay.publish(Buffer.from('end'));
  await once(child, 'exit');
  relay.close();
  return { wallS, cpuS: null };
}

/** Resolves when a market is in the database with this price. */
async function firstRow(database: DaemonDatabase, relay: Relay, price: number): Promise<void> {
  await relay.publish(
    frame(
      commodityMessage({
        marketId: stationIds(1)[0]!,
        commodities: [commodity(GOODS[0]!.symbol, { sellPrice: price })],
        timestamp: new Date().toISOString(),
      }),
    ),
  );
  while ((await database.numbers(`SELECT 1 FROM StationItem WHERE demand_price = ${price}`)).length === 0)
    await sleep(5);
}

function since(startMs: number): number {
  return (performance.now() - startMs) / 1_000;
}
