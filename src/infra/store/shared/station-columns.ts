import type { Generation } from '../../../domain/generation.ts';
import type { Flag, StationRow } from '../../../domain/spansh/records.ts';

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

/**
 * The row of `Station` as it was read, by column.
 * @param modifiedS its time, which each database gives in its own form
 */
export function stationOf(
  row: Readonly<Record<string, string | number | bigint | Uint8Array | null | undefined>>,
  modifiedS: number,
): StationRow {
  const flag = (column: string) => String(row[column] ?? '?') as Flag;
  return {
    name: String(row.name ?? ''),
    lookupName: row.lookup_name === undefined || row.lookup_name === null ? null : String(row.lookup_name),
    systemId: BigInt(String(row.system_id ?? 0)),
    lsFromStar: Number(row.ls_from_star),
    blackmarket: flag('blackmarket'),
    maxPadSize: flag('max_pad_size') as StationRow['maxPadSize'],
    market: flag('market'),
    shipyard: flag('shipyard'),
    outfitting: flag('outfitting'),
    rearm: flag('rearm'),
    refuel: flag('refuel'),
    repair: flag('repair'),
    planetary: flag('planetary'),
    typeId: Number(row.type_id),
    modifiedS,
  };
}
