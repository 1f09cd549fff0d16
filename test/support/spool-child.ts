/** Puts batch after batch into a spool and says so after each one, until it is killed: FILE FIRST_MARKET. */
import { createSpool } from '../../src/infra/spool/spool.ts';

const [file = '', first = '1'] = process.argv.slice(2);
const spool = createSpool({ file, parkedMax: 10 });

for (let batch = 0; ; batch++) {
  const entries = Array.from({ length: 50 }, (_, i) => ({
    marketId: Number(first) + batch * 50 + i,
    systemName: 'Sol',
    stationName: 'Abraham Lincoln',
    observedAtS: 1_700_000_000,
    receivedAtMs: 0,
    rows: new Int32Array(400).fill(batch),
  }));
  await spool.put('pending', entries);
  process.stdout.write(`${batch}\n`);
}
