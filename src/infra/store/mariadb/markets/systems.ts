import { nameKey } from '../../../../domain/names.ts';
import type { Link } from '../connection.ts';
import { text } from '../sql.ts';

/** Ids of systems by {@link nameKey}; names no system bears are absent. */
export type SystemsByName = ReadonlyMap<string, readonly string[]>;

const NAMES_PER_STATEMENT = 500;

export async function findSystems(link: Link, names: readonly string[]): Promise<SystemsByName> {
  const found = new Map<string, string[]>();
  for (let from = 0; from < names.length; from += NAMES_PER_STATEMENT) {
    const some = names.slice(from, from + NAMES_PER_STATEMENT).map((name) => text(name.trim()));
    const rows = await link.rows(`SELECT system_id, name FROM System WHERE name IN (${some.join()})`);
    for (const [id, name] of rows) {
      const key = nameKey(String(name));
      // Two parts of a long list may both find it.
      found.set(key, [...new Set(found.get(key)).add(String(id))]);
    }
  }
  return found;
}
