import type { Aggregate } from '../../../domain/ports/store/aggregate-store.ts';

export const AGGREGATE_TABLE = 'tdl_aggregate';

/** In the order in which {@link aggregateOf} takes them. */
export const AGGREGATE_COLUMNS = 'kind, id, version, json';

export function aggregateOf([kind, id, version, json]: readonly unknown[]): Aggregate {
  return { kind: String(kind), id: String(id), version: Number(version), json: String(json) };
}
