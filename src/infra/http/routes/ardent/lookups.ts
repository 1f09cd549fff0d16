import type { Queries, SystemRecord } from '../../../../domain/ports/store/queries.ts';
import { ApiError } from '../../api/errors.ts';
import { systemRow, type ArdentSystem } from './rows.ts';

export class NotFound extends ApiError {
  constructor(what: string) {
    super(404, what);
  }
}

/** A system, and the others of its name. */
export interface LookedUp {
  readonly system: SystemRecord;
  readonly row: ArdentSystem & { readonly disambiguation?: readonly ArdentSystem[] };
}

/** Of several systems of one name the one that is written the same is taken, else the first. @throws NotFound */
export async function lookUp(queries: Queries, kind: string, identifier: string): Promise<LookedUp> {
  const byAddress = kind === 'address' && /^\d{1,18}$/.test(identifier) ? BigInt(identifier) : null;
  const system =
    kind === 'name'
      ? exactly(await queries.systemsNamed(identifier), identifier)
      : byAddress === null
        ? null
        : await queries.systemById(byAddress);
  if (system === null) throw new NotFound('System not found');
  const namesakes = (await queries.systemsNamed(system.name)).filter(({ id }) => id !== system.id);
  const row = systemRow(system);
  return {
    system,
    row: namesakes.length === 0 ? row : { ...row, disambiguation: namesakes.map(systemRow) },
  };
}

function exactly(found: readonly SystemRecord[], name: string): SystemRecord | null {
  return found.find((system) => system.name === name) ?? found[0] ?? null;
}
