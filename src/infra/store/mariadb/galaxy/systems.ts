import type { Generation } from '../../../../domain/generation.ts';
import { systemContent } from '../../../../domain/spansh/known.ts';
import type { SystemRow } from '../../../../domain/spansh/records.ts';
import { formatTimestamp } from '../../../../domain/timestamp.ts';
import type { ChangeLog } from '../change-log.ts';
import type { Link } from '../connection.ts';
import { epochOf, orUpdate, statements, text } from '../sql.ts';
import { believedS } from '../../../../domain/market/write-rule.ts';

/** Writes the systems that differ and are not older than what is stored, in a transaction. @param notAfterS nobody has observed anything later @returns how many */
export async function writeSystems(
  link: Link,
  generation: Generation,
  systems: readonly SystemRow[],
  maxBytes: number,
  notAfterS: number,
  changes: ChangeLog,
): Promise<number> {
  const v13 = generation === 'v13';
  return changes.transaction(link, async (note) => {
    // Systems have no locks of their own.
    const found = await link.rows(
      `SELECT system_id, ${epochOf('modified')}, name, CAST(pos_x AS DOUBLE), CAST(pos_y AS DOUBLE), CAST(pos_z AS DOUBLE)
         ${v13 ? ', lookup_name' : ''}
       FROM System WHERE system_id IN (${systems.map(({ id }) => id).join()}) FOR UPDATE`,
    );
    const stored = new Map(
      found.map(([id, modifiedS, name, x, y, z, lookup = null]) => [
        String(id),
        {
          modifiedS: believedS(Number(modifiedS), notAfterS) ?? -1,
          content: systemContent({ name: String(name), x: Number(x), y: Number(y), z: Number(z) }),
          lookup,
        },
      ]),
    );
    const changed = systems.filter((system) => {
      const before = stored.get(String(system.id));
      if (before === undefined || system.modifiedS > before.modifiedS) return true;
      if (system.modifiedS < before.modifiedS) return false;
      return before.content !== systemContent(system) || before.lookup !== (v13 ? system.lookupName : null);
    });
    const columns = ['name', 'pos_x', 'pos_y', 'pos_z', 'modified', ...(v13 ? ['lookup_name'] : [])];
    const values = changed.map(({ id, name, lookupName, x, y, z, modifiedS }) => {
      const lookup = v13 ? `,${lookupName === null ? 'NULL' : text(lookupName)}` : '';
      return `(${id},${text(name)},${x},${y},${z},'${formatTimestamp(modifiedS)}'${lookup})`;
    });
    const head = `INSERT INTO System (system_id, ${columns.join()}) VALUES `;
    for (const sql of statements(head, values, orUpdate(columns), maxBytes)) await link.run(sql);
    for (const { id, modifiedS } of changed) note('system', id, modifiedS, 'dump');
    return changed.length;
  });
}
