import { inflateSync } from 'node:zlib';
import { SCHEMAS } from '../../src/domain/eddn/schemas/registry.ts';
import type { FrameBatch } from '../../src/domain/ports/market/feed.ts';
import { createDecoder } from '../../src/infra/feed/decoder.ts';
import { feedTexts, frameBatches, RULES } from '../generators/feed.ts';
import { GOODS } from '../generators/markets.ts';
import { compare } from '../harness/measure.ts';
import type { Benchmark, Comparison, RunOptions } from '../harness/types.ts';

/** Batches being decoded at once, as the daemon does it. */
const IN_FLIGHT = 3;

export const benchmark: Benchmark = {
  about:
    'Frames of the relay staged by the decode thread (inflate, parse, rules, rows), beside inflate and JSON.parse of ' +
    'the same frames in a bare loop on one thread. The mixed feed has 6 % market messages.',
  size: 4_000,
  unit: 'market messages',
  rounds: 7,
  run: async (options) => [
    // Other messages are a tenth as large.
    await stage('mixed feed', frameBatches(feedTexts(options.size * 4, 0.06)), 0.9, options),
    await stage(
      'mixed feed, learning',
      frameBatches(feedTexts(options.size * 4, 0.06)),
      0.9,
      options,
      LEARNING,
    ),
    await stage('market messages only', frameBatches(feedTexts(options.size, 1)), 0.85, options),
  ],
};

const LEARNING = { ...RULES, learn: SCHEMAS.map(({ name }) => name) };

async function stage(
  name: string,
  batches: readonly FrameBatch[],
  budget: number,
  options: RunOptions,
  rules = RULES,
): Promise<Comparison> {
  const decoder = createDecoder();
  const catalogue = { version: 1, commodities: GOODS };
  const frames = batches.flatMap((batch) => batch.frames);
  const run = async () => {
    const running = new Set<Promise<unknown>>();
    for (const batch of batches) {
      const decoded = decoder.decode(batch, catalogue, rules);
      running.add(decoded);
      void decoded.then(() => running.delete(decoded));
      if (running.size >= IN_FLIGHT) await Promise.race(running);
    }
    await Promise.all(running);
  };
  try {
    // What is compiled when it is hot is hot for both.
    await run();
    const measured = await compare(options, { run }, [
      {
        name: 'inflate, JSON.parse',
        run: () => {
          for (const frame of frames) JSON.parse(inflateSync(frame).toString());
        },
      },
      {
        name: 'inflate in one piece, JSON.parse',
        run: () => {
          for (const frame of frames)
            JSON.parse(inflateSync(frame, { chunkSize: Math.max(1024, frame.length * 8) }).toString());
        },
      },
    ]);
    return { name, amount: frames.length, unit: 'messages', budget, ...measured };
  } finally {
    await decoder.close();
  }
}
