import type { Generation } from '../../../domain/generation.ts';

/** A table and the statement that makes it. */
export interface Table {
  readonly name: string;
  readonly sql: string;
}

const TEXT = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci';
const NAME = `VARCHAR(128) ${TEXT}`;
const MODIFIED = 'modified DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)';
const CASCADE = 'ON UPDATE CASCADE ON DELETE CASCADE';

/**
 * The tables of a Trade Dangerous database in MariaDB, parents first: names, types, defaults, keys, checks and the
 * order of columns are its own. Positions are DOUBLE where its FLOAT loses digits when read as text. `StationItem`
 * comes last: a database without it was not finished.
 */
export function tables(generation: Generation): readonly Table[] {
  const v13 = generation === 'v13';
  return [
    ...(v13 ? [] : [ADDED]),
    system(v13),
    station(v13),
    table(
      'Category',
      'category_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY',
      `name ${NAME} NOT NULL`,
      'KEY idx_category_by_name (name)',
    ),
    item(v13),
    table(
      'Ship',
      'ship_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY',
      `name ${NAME} NOT NULL`,
      'cost INT NULL',
    ),
    table(
      'ShipVendor',
      'ship_id INT NOT NULL',
      'station_id BIGINT NOT NULL',
      MODIFIED,
      'PRIMARY KEY (ship_id, station_id)',
      'KEY idx_shipvendor_by_station (station_id)',
      parent('ShipVendor', 'ship_id', 'Ship'),
      parent('ShipVendor', 'station_id', 'Station'),
    ),
    table(
      'FDevShipyard',
      'id INT NOT NULL AUTO_INCREMENT PRIMARY KEY',
      `symbol ${NAME} NULL`,
      `name ${NAME} NULL`,
      'entitlement VARCHAR(50) NULL',
      'UNIQUE KEY uq_FDevShipyard__id (id)',
    ),
    ...(v13 ? [] : ONLY_V12),
    table(
      'StationItem',
      ...MARKET_COLUMNS,
      'PRIMARY KEY (station_id, item_id)',
      'KEY si_mod_stn_itm (modified, station_id, item_id)',
      'KEY si_itm_dmdpr (item_id, demand_price)',
      'KEY si_itm_suppr (item_id, supply_price)',
      parent('StationItem', 'station_id', 'Station'),
      parent('StationItem', 'item_id', 'Item'),
    ),
  ];
}

function table(name: string, ...parts: readonly string[]): Table {
  return { name, sql: `CREATE TABLE ${name} (\n  ${parts.join(',\n  ')}\n) ENGINE=InnoDB ${TEXT}` };
}

function oneOf(name: string, column: string, values: string): readonly string[] {
  return [
    `${column} VARCHAR(1) NOT NULL DEFAULT '?'`,
    `CONSTRAINT ck_${name}__${column} CHECK (${column} IN (${values}))`,
  ];
}

function flags(name: string, ...columns: readonly string[]): readonly string[] {
  return columns.flatMap((column) => oneOf(name, column, "'Y','N','?'"));
}

function parent(name: string, column: string, of: string, actions = CASCADE, key = column): string {
  return `CONSTRAINT fk_${name}__${column}__${of} FOREIGN KEY (${column}) REFERENCES ${of} (${key}) ${actions}`;
}

function system(v13: boolean): Table {
  return table(
    'System',
    'system_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY',
    `name ${NAME} NOT NULL`,
    ...(v13 ? [`lookup_name ${NAME} NULL`] : []),
    'pos_x DOUBLE NOT NULL',
    'pos_y DOUBLE NOT NULL',
    'pos_z DOUBLE NOT NULL',
    ...(v13 ? [] : ['added_id INT NULL']),
    MODIFIED,
    'KEY idx_system_by_pos (pos_x, pos_y, pos_z, system_id)',
    'KEY idx_system_by_name (name)',
    ...(v13 ? [] : [parent('System', 'added_id', 'Added')]),
  );
}

function station(v13: boolean): Table {
  return table(
    'Station',
    'station_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY',
    `name ${NAME} NOT NULL`,
    ...(v13 ? [`lookup_name ${NAME} NULL`] : []),
    'system_id BIGINT NOT NULL',
    'ls_from_star INT NOT NULL DEFAULT 0',
    ...flags('Station', 'blackmarket'),
    ...oneOf('Station', 'max_pad_size', "'S','M','L','?'"),
    ...flags('Station', 'market', 'shipyard', 'outfitting', 'rearm', 'refuel', 'repair', 'planetary'),
    'type_id INT NOT NULL DEFAULT 0',
    MODIFIED,
    ...(v13 ? ['CONSTRAINT ck_station_ls_from_star_nonnegative CHECK (ls_from_star >= 0)'] : []),
    'KEY idx_station_by_system (system_id)',
    'KEY idx_station_by_name (name)',
    'KEY idx_station_by_system_name (system_id, name)',
    parent('Station', 'system_id', 'System', 'ON DELETE CASCADE'),
  );
}

function item(v13: boolean): Table {
  return table(
    'Item',
    'item_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY',
    `name ${NAME} NOT NULL`,
    'category_id INT NOT NULL',
    'ui_order INT NOT NULL DEFAULT 0',
    'avg_price INT NULL',
    'fdev_id INT NULL',
    ...(v13 ? ['rare_station_id BIGINT NULL'] : []),
    `KEY ${v13 ? 'idx_item_by_fdev_id' : 'idx_item_by_fdevid'} (fdev_id)`,
    'KEY idx_item_by_category (category_id)',
    parent('Item', 'category_id', 'Category'),
    ...(v13
      ? [parent('Item', 'rare_station_id', 'Station', 'ON UPDATE CASCADE ON DELETE RESTRICT', 'station_id')]
      : []),
  );
}

const MARKET_COLUMNS = [
  'station_id BIGINT NOT NULL',
  'item_id INT NOT NULL',
  'demand_price INT NOT NULL',
  'demand_units INT NOT NULL',
  'demand_level INT NOT NULL',
  'supply_price INT NOT NULL',
  'supply_units INT NOT NULL',
  'supply_level INT NOT NULL',
  MODIFIED,
  'from_live INT NOT NULL DEFAULT 0',
];

const ADDED = table(
  'Added',
  'added_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY',
  `name ${NAME} NOT NULL`,
  'UNIQUE KEY uq_Added__name (name)',
);

const ONLY_V12: readonly Table[] = [
  table(
    'Upgrade',
    'upgrade_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY',
    `name ${NAME} NOT NULL`,
    'class INT NOT NULL',
    'rating CHAR(1) NOT NULL',
    `ship ${NAME} NULL`,
  ),
  table(
    'UpgradeVendor',
    'upgrade_id INT NOT NULL',
    'station_id BIGINT NOT NULL',
    MODIFIED,
    'PRIMARY KEY (upgrade_id, station_id)',
    'KEY idx_vendor_by_station_id (station_id)',
    parent('UpgradeVendor', 'upgrade_id', 'Upgrade'),
    parent('UpgradeVendor', 'station_id', 'Station'),
  ),
  table(
    'RareItem',
    'rare_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY',
    'station_id BIGINT NOT NULL',
    'category_id INT NOT NULL',
    `name ${NAME} NOT NULL`,
    'cost INT NULL',
    'max_allocation INT NULL',
    ...flags('RareItem', 'illegal', 'suppressed'),
    'UNIQUE KEY uq_rareitem_name (name)',
    parent('RareItem', 'station_id', 'Station'),
    parent('RareItem', 'category_id', 'Category'),
  ),
  table(
    'FDevOutfitting',
    'id INT NOT NULL PRIMARY KEY',
    `symbol ${NAME} NULL`,
    'category VARCHAR(10) NULL',
    `name ${NAME} NULL`,
    'mount VARCHAR(20) NULL',
    'guidance VARCHAR(20) NULL',
    `ship ${NAME} NULL`,
    'class VARCHAR(1) NOT NULL',
    'rating VARCHAR(1) NOT NULL',
    'entitlement VARCHAR(50) NULL',
    'UNIQUE KEY uq_FDevOutfitting__id (id)',
    "CONSTRAINT ck_fdo_category CHECK (category IN ('hardpoint','internal','standard','utility'))",
    "CONSTRAINT ck_fdo_mount CHECK (mount IN ('Fixed','Gimballed','Turreted') OR mount IS NULL)",
    "CONSTRAINT ck_fdo_guidance CHECK (guidance IN ('Dumbfire','Seeker','Swarm') OR guidance IS NULL)",
  ),
  table(
    'ExportControl',
    'id INT NOT NULL DEFAULT 1 PRIMARY KEY',
    'last_full_dump_time DATETIME(6) NOT NULL',
    'last_reset_key BIGINT NULL',
  ),
  table(
    'StationItem_staging',
    ...MARKET_COLUMNS,
    'PRIMARY KEY (station_id, item_id)',
    'KEY idx_sistaging_stn_itm (station_id, item_id)',
  ),
];
