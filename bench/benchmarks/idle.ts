import { setTimeout as sleep } from 'node:timers/promises';
import { deflateSync } from 'node:zlib';
import { feedTexts } from '../generators/feed.ts';
import { onBoth, startDaemon, type DaemonDatabase } from '../harness/daemon.ts';
import { cpuOf, rssMiB } from '../harness/measure.ts';
import type { Benchmark, Figures } from '../harness/types.ts';

/** All that belongs to the start is over then. */
const SETTLE_MS = 6_000;
/** Of the real feed. */
const MESSAGES_PER_S = 10;

export const benchmark: Benchmark = {
  about:
    'The daemon in a process of its own, as it is configured by default (HTTP on): connected to a relay that is silent, ' +
    'and then to one that sends what the real one sends, ten messages a second. CPU 100 % is one core.',
  size: 10,
  unit: 's',
  rounds: 1,
  run: ({ size }) => onBoth((database) => measure(database, size)),
};

async function measure(database: DaemonDatabase, seconds: number): Promise<Figures[]> {
  const daemon = await startDaemon(database, {
    http_listen: '127.0.0.1:0',
    listener_processor_rate_every: 60,
  });
  const observe = async (work: () => Promise<unknown>) => {
    const before = cpuOf(daemon.pid) ?? NaN;
    const start = performance.now();
    await work();
    const cpuS = (cpuOf(daemon.pid) ?? NaN) - before;
    return {
      'RSS MiB': rssMiB(daemon.pid) ?? NaN,
      'CPU %': (100 * cpuS) / ((performance.now() - start) / 1_000),
    };
  };
  try {
    await sleep(SETTLE_MS);
    const idle = await observe(() => sleep(seconds * 1_000));
    const frames = feedTexts(seconds * MESSAGES_PER_S, 0.06).map((text) => deflateSync(text));
    const busy = await observe(async () => {
      for (const frame of frames) {
        await daemon.relay.publish(frame);
        await sleep(1_000 / MESSAGES_PER_S);
      }
    });
    return [
      { name: `${database.backend}, idle`, figures: idle, below: { 'RSS MiB': 150, 'CPU %': 1 } },
      { name: `${database.backend}, ${MESSAGES_PER_S} messages/s`, figures: busy },
    ];
  } finally {
    await daemon.stop();
  }
}
