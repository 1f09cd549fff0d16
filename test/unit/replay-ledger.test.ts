import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openReplayLedger } from '../../src/infra/archives/ledger.ts';
import { tempDir } from '../support/temp-dir.ts';

test.each(['{"a.jsonl": "9 byt', '{"a.jsonl": 9}', '[]', ''])(
  'a ledger that holds %j is taken for empty, and written anew',
  async (text) => {
    const path = join(tempDir(), 'replayed.json');
    writeFileSync(path, text);
    const ledger = await openReplayLedger(path);
    expect(ledger.stateOf('a.jsonl')).toBeNull();
    await ledger.add('a.jsonl', '9 bytes');
    expect((await openReplayLedger(path)).stateOf('a.jsonl')).toBe('9 bytes');
  },
);
