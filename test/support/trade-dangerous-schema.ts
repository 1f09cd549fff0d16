/** Generations whose tables differ in what the store reads and writes. */
export const TRADE_DANGEROUS_GENERATIONS = ['early v12', 'late v12', 'v13'] as const;
export type Generation = (typeof TRADE_DANGEROUS_GENERATIONS)[number];

const NAME = 'VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci';
const MODIFIED = 'modified DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)';
const CASCADE = 'ON UPDATE CASCADE ON DELETE CASCADE';

function flag(name: string, values = "'Y','N','?'"): string {
  return `${name} VARCHAR(1) NOT NULL DEFAULT '?', CONSTRAINT ck_Station__${name} CHECK (${name} IN (${values}))`;
}

/**
 * The tables markets depend on as Trade Dangerous itself makes them on MariaDB: positions in FLOAT, and whatever
 * engine and character set the server has. Written down from its schema a second time, independently of src/.
 */
export function tradeDangerousTables(generation: Generation): readonly string[] {
  const v13 = generation === 'v13';
  const only = (condition: boolean, sql: string) => (condition ? sql : '');
  return [
    only(
      !v13,
      `CREATE TABLE Added (added_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, name ${NAME} NOT NULL,
        UNIQUE KEY uq_Added__name (name))`,
    ),
    `CREATE TABLE System (system_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, name ${NAME} NOT NULL,
      ${only(v13, `lookup_name ${NAME} NULL,`)}
      pos_x FLOAT NOT NULL, pos_y FLOAT NOT NULL, pos_z FLOAT NOT NULL, ${only(!v13, 'added_id INT NULL,')}
      ${MODIFIED},
      KEY idx_system_by_pos (pos_x, pos_y, pos_z, system_id), KEY idx_system_by_name (name)
      ${only(!v13, `, CONSTRAINT fk_System__added_id__Added FOREIGN KEY (added_id) REFERENCES Added (added_id) ${CASCADE}`)})`,
    `CREATE TABLE Station (station_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, name ${NAME} NOT NULL,
      ${only(v13, `lookup_name ${NAME} NULL,`)} system_id BIGINT NOT NULL, ls_from_star INT NOT NULL DEFAULT 0,
      ${flag('blackmarket')}, ${flag('max_pad_size', "'S','M','L','?'")},
      ${['market', 'shipyard', 'outfitting', 'rearm', 'refuel', 'repair', 'planetary'].map((name) => flag(name)).join()},
      type_id INT NOT NULL DEFAULT 0, ${MODIFIED},
      ${only(v13, 'CONSTRAINT ck_station_ls_from_star_nonnegative CHECK (ls_from_star >= 0),')}
      KEY idx_station_by_system (system_id), KEY idx_station_by_name (name),
      ${only(generation !== 'early v12', 'KEY idx_station_by_system_name (system_id, name),')}
      CONSTRAINT fk_Station__system_id__System FOREIGN KEY (system_id) REFERENCES System (system_id)
        ON DELETE CASCADE)`,
    `CREATE TABLE Category (category_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, name ${NAME} NOT NULL,
      KEY idx_category_by_name (name))`,
    `CREATE TABLE Item (item_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, name ${NAME} NOT NULL,
      category_id INT NOT NULL, ui_order INT NOT NULL DEFAULT 0, avg_price INT NULL, fdev_id INT NULL,
      ${only(v13, 'rare_station_id BIGINT NULL,')}
      KEY ${v13 ? 'idx_item_by_fdev_id' : 'idx_item_by_fdevid'} (fdev_id), KEY idx_item_by_category (category_id),
      CONSTRAINT fk_Item__category_id__Category FOREIGN KEY (category_id) REFERENCES Category (category_id) ${CASCADE}
      ${only(
        v13,
        `, CONSTRAINT fk_Item__rare_station_id__Station FOREIGN KEY (rare_station_id)
          REFERENCES Station (station_id) ON UPDATE CASCADE ON DELETE RESTRICT`,
      )})`,
    only(
      !v13,
      `CREATE TABLE Upgrade (upgrade_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, name ${NAME} NOT NULL,
        class INT NOT NULL, rating CHAR(1) NOT NULL, ship ${NAME} NULL)`,
    ),
    `CREATE TABLE StationItem (station_id BIGINT NOT NULL, item_id INT NOT NULL,
      demand_price INT NOT NULL, demand_units INT NOT NULL, demand_level INT NOT NULL,
      supply_price INT NOT NULL, supply_units INT NOT NULL, supply_level INT NOT NULL,
      ${MODIFIED}, from_live INT NOT NULL DEFAULT 0,
      PRIMARY KEY (station_id, item_id), KEY si_mod_stn_itm (modified, station_id, item_id),
      KEY si_itm_dmdpr (item_id, demand_price), KEY si_itm_suppr (item_id, supply_price),
      CONSTRAINT fk_StationItem__station_id__Station FOREIGN KEY (station_id)
        REFERENCES Station (station_id) ${CASCADE},
      CONSTRAINT fk_StationItem__item_id__Item FOREIGN KEY (item_id) REFERENCES Item (item_id) ${CASCADE})`,
  ].filter((sql) => sql !== '');
}
