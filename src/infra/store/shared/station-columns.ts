import type { Generation } from '../../../domain/generation.ts';
import type { StationRow } from '../../../domain/spansh/records.ts';

const COMMON = [
  ...['name', 'system_id', 'ls_from_star', 'blackmarket', 'max_pad_size', 'market', 'shipyard', 'outfitting'],
  ...['rearm', 'refuel', 'repair', 'planetary', 'type_id', 'modified'],
];

/** The columns of `Station` but the key, in the order of {@link stationValues}. */
export const STATION_COLUMNS: Readonly<Record<Generation, readonly string[]>> = {
  v12: COMMON,
  v13: [...COMMON, 'lookup_name'],
};

export function stationValues<Time>(
  row: StationRow,
  generation: Generation,
  time: (epochS: number) => Time,
): (string | number | bigint | Time | null)[] {
  return [
    ...[row.name, row.systemId, row.lsFromStar, row.blackmarket, row.maxPadSize, row.market, row.shipyard],
    ...[row.outfitting, row.rearm, row.refuel, row.repair, row.planetary, row.typeId],
    time(row.modifiedS),
    ...(generation === 'v13' ? [row.lookupName] : []),
  ];
}
