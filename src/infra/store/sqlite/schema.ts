import type { Generation } from '../../../domain/generation.ts';

/**
 * The tables of a Trade Dangerous database in SQLite, as its own template makes them: names, types, defaults, checks,
 * order of columns (its CSV exporter prints them in table order) and even the redundant UNIQUE(id), by which that
 * exporter finds the key. Ours in addition: `idx_system_by_name` in v12, for the feed names systems.
 */
export function schemaSql(generation: Generation): string {
  return [...common(generation), ...(generation === 'v12' ? V12 : V13)]
    .map((statement) => `${statement};\n`)
    .join('');
}

const MODIFIED = 'modified DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL';
const CASCADE = 'ON UPDATE CASCADE ON DELETE CASCADE';

const oneOf = (column: string, values: string) =>
  `${column} TEXT(1) NOT NULL DEFAULT '?' CHECK (${column} IN (${values}))`;
const flag = (column: string) => oneOf(column, `'?', 'Y', 'N'`);
const parent = (column: string, table: string, actions = CASCADE) =>
  `FOREIGN KEY (${column}) REFERENCES ${table}(${column}) ${actions}`;

function common(generation: Generation): string[] {
  const v13 = generation === 'v13';
  const name = `VARCHAR(${v13 ? 128 : 40}) COLLATE NOCASE`;
  const bigId = v13 ? 'BIGINT' : 'INTEGER';
  const only13 = (text: string) => (v13 ? text : '');
  const only12 = (text: string) => (v13 ? '' : text);
  return [
    `CREATE TABLE System (
      system_id ${bigId} PRIMARY KEY,
      name ${name},
      ${only13(`lookup_name ${name},`)}
      pos_x DOUBLE NOT NULL,
      pos_y DOUBLE NOT NULL,
      pos_z DOUBLE NOT NULL,
      ${only12('added_id INTEGER,')}
      ${MODIFIED},
      UNIQUE (system_id)
      ${only12(`, ${parent('added_id', 'Added')}`)}
    )`,
    'CREATE INDEX idx_system_by_pos ON System (pos_x, pos_y, pos_z, system_id)',
    'CREATE INDEX idx_system_by_name ON System (name)',
    `CREATE TABLE Station (
      station_id ${bigId} PRIMARY KEY,
      name ${name},
      ${only13(`lookup_name ${name},`)}
      system_id ${bigId} NOT NULL,
      ls_from_star INTEGER NOT NULL DEFAULT 0 CHECK (ls_from_star >= 0),
      ${flag('blackmarket')},
      ${oneOf('max_pad_size', `'?', 'S', 'M', 'L'`)},
      ${flag('market')},
      ${flag('shipyard')},
      ${MODIFIED},
      ${flag('outfitting')},
      ${flag('rearm')},
      ${flag('refuel')},
      ${flag('repair')},
      ${flag('planetary')},
      type_id INTEGER DEFAULT 0 NOT NULL,
      UNIQUE (station_id),
      ${parent('system_id', 'System', 'ON DELETE CASCADE')}
    ) WITHOUT ROWID`,
    'CREATE INDEX idx_station_by_system ON Station (system_id)',
    'CREATE INDEX idx_station_by_name ON Station (name)',
    `CREATE TABLE Category (category_id INTEGER PRIMARY KEY, name ${name}, UNIQUE (category_id))`,
    `CREATE TABLE Item (
      item_id INTEGER PRIMARY KEY,
      name ${name},
      category_id INTEGER NOT NULL,
      ui_order INTEGER NOT NULL DEFAULT 0,
      avg_price INTEGER,
      fdev_id INTEGER,
      ${only13('rare_station_id BIGINT,')}
      UNIQUE (item_id),
      ${parent('category_id', 'Category')}
      ${only13(', FOREIGN KEY (rare_station_id) REFERENCES Station(station_id) ON UPDATE CASCADE ON DELETE RESTRICT')}
    )`,
    'CREATE INDEX idx_item_by_fdev_id ON Item (fdev_id)',
    `CREATE TABLE StationItem (
      station_id ${bigId} NOT NULL,
      item_id INTEGER NOT NULL,
      demand_price INT NOT NULL,
      demand_units INT NOT NULL,
      demand_level INT NOT NULL,
      supply_price INT NOT NULL,
      supply_units INT NOT NULL,
      supply_level INT NOT NULL,
      ${MODIFIED},
      from_live INTEGER DEFAULT 0 NOT NULL,
      PRIMARY KEY (station_id, item_id),
      ${parent('station_id', 'Station')},
      ${parent('item_id', 'Item')}
    ) WITHOUT ROWID`,
    'CREATE INDEX si_mod_stn_itm ON StationItem (modified, station_id, item_id)',
    'CREATE INDEX si_itm_dmdpr ON StationItem (item_id, demand_price) WHERE demand_price > 0',
    'CREATE INDEX si_itm_suppr ON StationItem (item_id, supply_price) WHERE supply_price > 0',
    ...[
      ['StationBuying', 'demand'],
      ['StationSelling', 'supply'],
    ].map(
      ([view, side]) => `CREATE VIEW ${view} AS
      SELECT station_id, item_id, ${side}_price AS price, ${side}_units AS units, ${side}_level AS level, modified
      FROM StationItem WHERE ${side}_price > 0`,
    ),
    `CREATE TABLE Ship (ship_id INTEGER PRIMARY KEY, name ${name}, cost INTEGER, UNIQUE (ship_id))`,
    `CREATE TABLE ShipVendor (
      ship_id INTEGER NOT NULL,
      station_id ${bigId} NOT NULL,
      ${MODIFIED},
      PRIMARY KEY (ship_id, station_id),
      ${parent('ship_id', 'Ship')},
      ${parent('station_id', 'Station')}
    ) WITHOUT ROWID`,
    `CREATE TABLE FDevShipyard (
      id INTEGER ${only13('PRIMARY KEY ')}NOT NULL,
      symbol VARCHAR(${v13 ? 128 : 40}),
      name ${name},
      entitlement VARCHAR(50),
      UNIQUE (id)
    )`,
  ];
}

const NAME_12 = 'VARCHAR(40) COLLATE NOCASE';

const V12: readonly string[] = [
  `CREATE TABLE Added (added_id INTEGER PRIMARY KEY AUTOINCREMENT, name ${NAME_12}, UNIQUE (name))`,
  `CREATE TABLE Upgrade (
    upgrade_id INTEGER PRIMARY KEY,
    name ${NAME_12},
    class NUMBER NOT NULL,
    rating CHAR(1) NOT NULL,
    ship ${NAME_12},
    UNIQUE (upgrade_id)
  )`,
  `CREATE TABLE UpgradeVendor (
    upgrade_id INTEGER NOT NULL,
    station_id INTEGER NOT NULL,
    modified DATETIME NOT NULL,
    PRIMARY KEY (upgrade_id, station_id),
    ${parent('upgrade_id', 'Upgrade')},
    ${parent('station_id', 'Station')}
  ) WITHOUT ROWID`,
  'CREATE INDEX idx_vendor_by_station_id ON UpgradeVendor (station_id)',
  `CREATE TABLE RareItem (
    rare_id INTEGER PRIMARY KEY,
    station_id INTEGER NOT NULL,
    category_id INTEGER NOT NULL,
    name ${NAME_12},
    cost INTEGER,
    max_allocation INTEGER,
    ${flag('illegal')},
    ${flag('suppressed')},
    UNIQUE (name),
    ${parent('station_id', 'Station')},
    ${parent('category_id', 'Category')}
  )`,
  `CREATE TABLE FDevOutfitting (
    id INTEGER NOT NULL,
    symbol VARCHAR(40),
    category CHAR(10) CHECK (category IN ('hardpoint', 'internal', 'standard', 'utility')),
    name ${NAME_12},
    mount CHAR(10) CHECK (mount IN (NULL, 'Fixed', 'Gimballed', 'Turreted')),
    guidance CHAR(10) CHECK (guidance IN (NULL, 'Dumbfire', 'Seeker', 'Swarm')),
    ship ${NAME_12},
    class CHAR(1) NOT NULL,
    rating CHAR(1) NOT NULL,
    entitlement VARCHAR(50),
    UNIQUE (id)
  )`,
  `CREATE TABLE ExportControl (
    id INTEGER PRIMARY KEY DEFAULT 1,
    last_full_dump_time DATETIME NOT NULL,
    last_reset_key INTEGER
  )`,
  `CREATE TABLE StationItem_staging (
    station_id INTEGER NOT NULL,
    item_id INTEGER NOT NULL,
    demand_price INT NOT NULL,
    demand_units INT NOT NULL,
    demand_level INT NOT NULL,
    supply_price INT NOT NULL,
    supply_units INT NOT NULL,
    supply_level INT NOT NULL,
    ${MODIFIED},
    from_live INTEGER DEFAULT 0 NOT NULL,
    PRIMARY KEY (station_id, item_id)
  )`,
  'CREATE INDEX idx_sistaging_stn_itm ON StationItem_staging (station_id, item_id)',
];

const V13: readonly string[] = [
  'CREATE INDEX idx_station_by_system_name ON Station (system_id, name)',
  'CREATE INDEX idx_category_by_name ON Category (name)',
  'CREATE INDEX idx_item_by_category ON Item (category_id)',
  'CREATE INDEX idx_shipvendor_by_station ON ShipVendor (station_id)',
];
