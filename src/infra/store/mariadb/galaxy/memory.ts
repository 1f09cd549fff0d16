import type { Memory, Remembered } from '../../../../domain/market/write-rule.ts';
import type { RowWriter } from '../bulk.ts';
import type { Link } from '../connection.ts';
import { text } from '../sql.ts';

const COLUMNS = ['station_id', 'kind', 'name', 'system_name', 'observed_s'];

/** Of these stations the observations that have left no rows, `tdl_memory`, by id as text. */
export async function readMemory(link: Link, stationIds: readonly unknown[]): Promise<Map<string, Memory>> {
  if (stationIds.length === 0) return new Map();
  const rows = await link.rows(
    `SELECT ${COLUMNS.join()} FROM tdl_memory WHERE station_id IN (${stationIds.join()})`,
  );
  const memory = new Map<string, Memory>();
  for (const [id, kind, name, systemName, observedS] of rows) {
    const remembered = {
      kind: kind as Remembered['kind'],
      ...{ name: String(name), systemName: String(systemName), observedAtS: Number(observedS) },
    };
    memory.set(String(id), { ...memory.get(String(id)), [remembered.kind]: remembered });
  }
  return memory;
}

export interface RememberedClear extends Remembered {
  /** As the table has it. */
  readonly stationName: string;
}

/** The clears of stations that are in the table, by id as text. */
export async function readClears(
  link: Link,
  stationIds: readonly unknown[],
): Promise<Map<string, RememberedClear>> {
  if (stationIds.length === 0) return new Map();
  const rows = await link.rows(
    `SELECT station_id, m.name, system_name, observed_s, st.name
     FROM tdl_memory m JOIN Station st USING (station_id)
     WHERE station_id IN (${stationIds.join()}) AND kind = 'clear'`,
  );
  return new Map(
    rows.map(([id, name, systemName, observedS, stationName]) => [
      String(id),
      {
        ...{ kind: 'clear', name: String(name), systemName: String(systemName) },
        ...{ observedAtS: Number(observedS), stationName: String(stationName) },
      },
    ]),
  );
}

/** What becomes of the memory of a station. */
export interface MemoryChange {
  readonly stationId: number | bigint;
  readonly forget?: readonly Remembered['kind'][];
  readonly remember?: Remembered;
}

export async function changeMemory(
  link: Link,
  rows: RowWriter,
  changes: readonly MemoryChange[],
): Promise<void> {
  const gone = changes.flatMap(({ stationId, forget = [] }) =>
    forget.map((kind) => `(${stationId}, ${text(kind)})`),
  );
  if (gone.length > 0) await link.run(`DELETE FROM tdl_memory WHERE (station_id, kind) IN (${gone.join()})`);
  const values = changes.flatMap(({ stationId, remember }) =>
    remember === undefined
      ? []
      : [
          `${stationId},${text(remember.kind)},${text(remember.name)},${text(remember.systemName)},${remember.observedAtS}`,
        ],
  );
  if (values.length === 0) return;
  await rows.upsert({ table: 'tdl_memory', columns: COLUMNS, count: values.length, values }, [
    'station_id',
    'kind',
  ]);
}
