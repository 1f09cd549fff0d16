import { move, transferableSymbol, valueSymbol, workerData } from 'piscina';
import type { Known } from '../../domain/spansh/known.ts';
import type { DumpRules } from '../../domain/spansh/records.ts';
import { DumpStager } from './dump-stager.ts';

/** Fixed for the life of a thread. */
export interface ImportWorkerData {
  readonly rules: DumpRules;
  readonly known: Known | null;
}

const { rules, known } = workerData as ImportWorkerData;
const stager = new DumpStager(rules, known);

/** @param text as `textChunks` cuts it */
export function stage(text: Uint8Array): unknown {
  const batch = stager.stage(Buffer.from(text.buffer, text.byteOffset, text.byteLength));
  return move({
    [valueSymbol]: batch,
    // Rows are moved to the caller, not copied.
    [transferableSymbol]: batch.stations.flatMap(({ market, shipyard, outfitting }) =>
      [market?.rows, shipyard?.ids, outfitting?.ids].flatMap((array) => array?.buffer ?? []),
    ),
  });
}
