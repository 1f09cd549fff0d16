/**
 * A process that writes into a database until it is killed: `node writing-child.ts <target as JSON> <seed>`. It says
 * `ready` when it has written something.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ROW_WIDTH, type Snapshot } from '../../src/domain/market/snapshot.ts';
import { SeededRandom } from './random.ts';
import { openTarget, type Target } from './target-store.ts';

const [json = '', seed = ''] = process.argv.slice(2);
const target = JSON.parse(json) as Target;
const random = new SeededRandom(Number(seed));

function market(marketId: number): Snapshot {
  const atS = Math.floor(Date.now() / 1000) - 1;
  return {
    ...{ marketId, systemName: 'Sol', stationName: `Station ${marketId}` },
    ...{ observedAtS: atS, receivedAtMs: atS * 1000 },
    rows: Int32Array.from(
      target.itemIds.flatMap((id) => [
        id,
        ...Array.from({ length: ROW_WIDTH - 1 }, () => random.integer(1, 9)),
      ]),
    ),
  };
}

const store = await openTarget(target);
for (let round = 0; ; round++) {
  const ids = target.stationIds.filter(() => random.integer(0, 3) === 0);
  try {
    await store.writeMarkets(ids.map(market));
    if (round % 3 === 0) {
      const [id] = ids;
      const observedAtS = Math.floor(Date.now() / 1000) - 1;
      const place = { x: random.integer(0, 9), y: 0, z: 0, observedAtS };
      if (id !== undefined)
        await store.learn([{ kind: 'system', id: BigInt(id), name: `System ${id}`, ...place }]);
    }
  } catch {
    // Busy, as the tests want it.
  }
  if (round === 0) process.stdout.write('ready\n');
  // As long as it takes to write: most kills fall into a transaction, and whoever reads has a turn.
  await sleep(3);
}
