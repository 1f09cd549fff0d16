/**
 * Sends fuzzed frames to the decode threads, half of them damaged market messages, half any bytes:
 * `node test/fuzz.ts [FRAMES [SEED]]`. Prints the outcomes and the memory; exit 1 when a frame is not accounted for.
 */
import { deflateSync } from 'node:zlib';
import { createDecoder } from '../src/infra/feed/decoder.ts';
import { commodityMessage, testCatalogue, testRules } from './support/messages.ts';
import { SeededRandom } from './support/random.ts';

const total = Number(process.argv[2] ?? 1_000_000);
const random = new SeededRandom(Number(process.argv[3] ?? 1));
const text = JSON.stringify(commodityMessage());
const good = deflateSync(text);
const BATCH = 256;

const anyBytes = () => Uint8Array.from({ length: random.integer(0, 300) }, () => random.integer(0, 255));

/** Cut, with some bytes changed. */
function damaged(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice(0, random.chance(0.3) ? random.integer(0, bytes.length) : bytes.length);
  for (let i = random.integer(1, 4); i > 0 && copy.length > 0; i--)
    copy[random.integer(0, copy.length - 1)] = random.integer(0, 255);
  return copy;
}

function fuzzed(): Uint8Array {
  const roll = random.next();
  if (roll < 0.3) return damaged(good);
  if (roll < 0.6) return deflateSync(damaged(Buffer.from(text)));
  if (roll < 0.8) return deflateSync(anyBytes());
  return anyBytes();
}

const decoder = createDecoder();
const outcomes: Record<string, number> = {};
const count = (what: string, n: number) => (outcomes[what] = (outcomes[what] ?? 0) + n);
const megabytes = () => Math.round(process.memoryUsage.rss() / 1024 / 1024);
let sent = 0;
const startedMs = performance.now();
while (sent < total) {
  const frames = Array.from({ length: Math.min(BATCH, total - sent) }, fuzzed);
  const batch = { encoding: 'zlib' as const, frames, receivedAtMs: Date.now() };
  const staged = await decoder.decode(batch, testCatalogue(), testRules());
  count('accepted', staged.snapshots.length);
  for (const [reason, n] of Object.entries(staged.rejected)) count(reason, n);
  sent += frames.length;
  if (Math.floor(sent / 100_000) > Math.floor((sent - frames.length) / 100_000))
    console.log(`${sent} frames, ${megabytes()} MiB`);
}
await decoder.close();
const counted = Object.values(outcomes).reduce((sum, n) => sum + n, 0);
console.log(outcomes, `${((performance.now() - startedMs) / 1000).toFixed(0)} s`);
process.exitCode = counted === total ? 0 : 1;
