import { expect, onTestFinished, test } from 'vitest';
import { createDecoder } from '../../src/infra/feed/decoder.ts';
import { commodityMessage, frame, testCatalogue, testRules } from '../support/messages.ts';

const MIB = 1024 * 1024;
const FRAMES = 256;

test('damaged frames leave no memory behind in the decode thread', async () => {
  const decoder = createDecoder();
  onTestFinished(() => decoder.close());
  const cut = frame(commodityMessage()).subarray(0, -20);
  const decode = async (batches: number) => {
    for (let i = 0; i < batches; i += 1) {
      const frames = Array.from({ length: FRAMES }, () => cut);
      const { rejected } = await decoder.decode(
        { encoding: 'zlib', frames, receivedAtMs: 0 },
        testCatalogue(),
        testRules(),
      );
      expect(rejected).toEqual({ malformed: FRAMES });
    }
    return process.memoryUsage.rss();
  };
  const before = await decode(60);
  // Left behind, they would take 5 KiB each: 300 MiB.
  expect((await decode(240)) - before).toBeLessThan(150 * MIB);
});
