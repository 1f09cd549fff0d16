import { GOODS, groupsOf, ROWS, stationIds } from './markets.ts';

export type Execute = (sql: string) => unknown;

/** The system Sol and so many stations in it; the tables and items are there. */
export async function addStations(execute: Execute, count: number): Promise<void> {
  await execute("INSERT INTO System (system_id, name, pos_x, pos_y, pos_z) VALUES (1, 'Sol', 0, 0, 0)");
  for (const ids of groupsOf(stationIds(count), 1_000)) {
    const values = ids.map((id) => `(${id}, 'Station', 1)`).join();
    await execute(`INSERT INTO Station (station_id, name, system_id) VALUES ${values}`);
  }
}

/** {@link ROWS} rows for every station, made by the database itself; those of one station in three are live. */
export async function fillMarkets(execute: Execute): Promise<void> {
  const [first] = GOODS;
  const window = GOODS.length - ROWS;
  const from = `${first!.id} + st.station_id % ${window}`;
  // Every other good is bought, the others sold.
  const side = (isBought: 0 | 1, value: string) =>
    `CASE WHEN it.item_id % 2 = ${isBought} THEN ${value} ELSE 0 END`;
  const price = '100 + (st.station_id * 7 + it.item_id * 13) % 50000';
  const units = '1 + (st.station_id * 3 + it.item_id * 17) % 10000';
  await execute(
    `INSERT INTO StationItem (station_id, item_id, demand_price, demand_units, demand_level, supply_price,
       supply_units, supply_level, modified, from_live)
     SELECT st.station_id, it.item_id, ${side(1, price)}, ${side(1, units)}, ${side(1, '2')},
       ${side(0, price)}, ${side(0, units)}, ${side(0, '2')},
       '2026-03-01 12:00:00', CASE WHEN st.station_id % 3 = 0 THEN 1 ELSE 0 END
     FROM Station st JOIN Item it ON it.item_id BETWEEN ${from} AND ${from} + ${ROWS - 1}
     ORDER BY st.station_id, it.item_id`,
  );
}
