import type {
  Queries,
  StationRecord,
  SystemRecord,
  TradeRecord,
} from '../../../../domain/ports/store/queries.ts';
import { ApiError } from '../../api/errors.ts';
import type { Good } from '../../api/goods.ts';
import { commodityRow, systemRow, type ArdentSystem, type Profiles } from './rows.ts';

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

/** Of stations that come in a row each, or many. */
export function profilesOf(queries: Queries, stations: readonly StationRecord[]): Promise<Profiles> {
  return queries.profiles([...new Set(stations.map(({ id }) => id))]);
}

/** Offers of a good. */
export async function offerRows(queries: Queries, good: Good, offers: readonly TradeRecord[]) {
  const profiles = await profilesOf(
    queries,
    offers.map(({ station }) => station),
  );
  return offers.map(({ station, quote, distanceLy }) =>
    commodityRow(station, profiles, good, quote, distanceLy),
  );
}
