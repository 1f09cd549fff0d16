import type { DatabaseSync } from 'node:sqlite';
import type { Generation } from '../../../../domain/generation.ts';
import { PriceJudge, SELECT_SAMPLE } from '../../shared/price-judge.ts';

/** Writes how plausible the prices of markets are: `tdl_price`. */
export function createPriceWriter(db: DatabaseSync, generation: Generation) {
  const judge = new PriceJudge();
  const sample = db.prepare(SELECT_SAMPLE);
  sample.setReturnArrays(true);
  const replace = db.prepare(
    'INSERT OR REPLACE INTO tdl_price (station_id, observed_s, ratio) VALUES (?, ?, ?)',
  );
  const written = db.prepare('SELECT 1 FROM tdl_price WHERE station_id = ? AND observed_s = ?');
  return {
    /** Before a transaction: looks at the other markets, if it is time to. */
    prepare(): void {
      if (!judge.isDue) return;
      judge.postpone();
      judge.renew(sample.all() as unknown as unknown[][], generation);
    },
    /** Whether this program has written this observation, and told the change log of it. */
    isWritten: (stationId: number, observedAtS: number) => written.get(stationId, observedAtS) !== undefined,
    write(stationId: number | bigint, observedAtS: number, rows: Int32Array): void {
      replace.run(stationId, observedAtS, judge.ratioOf(rows));
    },
  };
}
