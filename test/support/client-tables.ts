import type { Generation } from '../../src/domain/generation.ts';

/** A column of the client's own model: what it takes, and what its database refuses. */
export interface ClientColumn {
  readonly name: string;
  /** `id`: 64 bits, above 0. `count`: 32 bits. */
  readonly kind: 'id' | 'count' | 'float' | 'distance' | 'text' | 'letter' | 'flag' | 'pad' | 'time' | 'type';
  /** May be NULL, and the file may lack the column. */
  readonly nullable: boolean;
  /** The table whose key it must be in. */
  readonly references?: string;
}

export interface ClientTable {
  readonly name: string;
  readonly columns: readonly ClientColumn[];
  /** Every one is a unique key; the first is the primary one. */
  readonly keys: readonly (readonly string[])[];
}

/** `Added` is in the client's templates, not among the files: ids 1 to 36. */
export const ADDED_IDS = 36;

/** Source: the two generations' registries of station types. */
export const TYPE_IDS: Readonly<Record<Generation, readonly number[]>> = {
  v12: [0, 1, 2, 3, 4, 11, 12, 13, 14, 24, 25],
  v13: Array.from({ length: 16 }, (_, id) => id),
};

type Kind = ClientColumn['kind'];
const column = (name: string, kind: Kind, references?: string): ClientColumn => ({
  ...{ name, kind, nullable: false },
  ...(references !== undefined && { references }),
});
const optional = (name: string, kind: Kind, references?: string): ClientColumn => ({
  ...column(name, kind, references),
  nullable: true,
});
const flags = (...names: string[]) => names.map((name) => column(name, 'flag'));

/** The tables that clients download, in the order in which they load them: whatever is referred to comes first. */
export function clientTables(generation: Generation): ClientTable[] {
  const v12 = generation === 'v12';
  const only = (wanted: boolean, ...columns: ClientColumn[]) => (wanted ? columns : []);
  const table = (name: string, columns: ClientColumn[], ...keys: string[][]): ClientTable => ({
    name,
    columns,
    keys,
  });
  const modified = column('modified', 'time');
  const stationId = column('station_id', 'id', 'Station');
  const lookupName = only(!v12, optional('lookup_name', 'text'));
  const tables = [
    table(
      'System',
      [
        ...[column('system_id', 'id'), column('name', 'text'), ...lookupName],
        ...[column('pos_x', 'float'), column('pos_y', 'float'), column('pos_z', 'float')],
        ...[...only(v12, optional('added_id', 'id', 'Added')), modified],
      ],
      ['system_id'],
    ),
    table(
      'Station',
      [
        ...[
          column('station_id', 'id'),
          column('name', 'text'),
          ...lookupName,
          column('system_id', 'id', 'System'),
        ],
        ...[column('ls_from_star', 'distance'), column('blackmarket', 'flag'), column('max_pad_size', 'pad')],
        ...flags('market', 'shipyard', 'outfitting', 'rearm', 'refuel', 'repair', 'planetary'),
        ...[column('type_id', 'type'), modified],
      ],
      ['station_id'],
    ),
    table('Category', [column('category_id', 'id'), column('name', 'text')], ['category_id']),
    table(
      'Item',
      [
        ...[column('item_id', 'id'), column('name', 'text'), column('category_id', 'id', 'Category')],
        ...[column('ui_order', 'count'), optional('avg_price', 'count'), optional('fdev_id', 'id')],
        ...only(!v12, optional('rare_station_id', 'id', 'Station')),
      ],
      ['item_id'],
    ),
    table('Ship', [column('ship_id', 'id'), column('name', 'text'), optional('cost', 'count')], ['ship_id']),
  ];
  const upgrade = table(
    'Upgrade',
    [
      ...[
        column('upgrade_id', 'id'),
        column('name', 'text'),
        column('class', 'count'),
        column('rating', 'letter'),
      ],
      optional('ship', 'text'),
    ],
    ['upgrade_id'],
  );
  const shipVendor = table(
    'ShipVendor',
    [column('ship_id', 'id', 'Ship'), stationId, modified],
    ['ship_id', 'station_id'],
  );
  const upgradeVendor = table(
    'UpgradeVendor',
    [column('upgrade_id', 'id', 'Upgrade'), stationId, modified],
    ['upgrade_id', 'station_id'],
  );
  const rareItem = table(
    'RareItem',
    [
      ...[
        column('rare_id', 'id'),
        stationId,
        column('category_id', 'id', 'Category'),
        column('name', 'text'),
      ],
      ...[optional('cost', 'count'), optional('max_allocation', 'count'), ...flags('illegal', 'suppressed')],
    ],
    ['rare_id'],
    ['name'],
  );
  return v12 ? [...tables, upgrade, shipVendor, upgradeVendor, rareItem] : [...tables, shipVendor];
}
