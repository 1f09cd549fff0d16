import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Generation } from '../../src/domain/generation.ts';
import { checkPublishedSet } from './client-rules.ts';
import type { Violation } from './client-violation.ts';
import { tempDir } from './temp-dir.ts';

export const MODIFIED = "'2026-11-20 12:00:00'";
const FLAGS = "'?','L','Y','Y','N','?','?','?','N'";
const FLAG_NAMES = 'blackmarket,max_pad_size,market,shipyard,outfitting,rearm,refuel,repair,planetary';
export const LISTINGS =
  'id,station_id,commodity_id,supply,supply_bracket,buy_price,sell_price,demand,demand_bracket,collected_at\n' +
  '1,128000001,128049152,0,-1,0,19800,40,-1,1795176000\n' +
  '2,128000001,128049154,7,2,9500,9400,20,1,1795176000\n' +
  '3,3700000001,128049154,0,-1,0,36207500,1936721850,-1,1795170000\n';

/** What both generations have, as Trade Dangerous' own exporter writes it. */
const COMMON = {
  'Category.csv': "unq:category_id,name\n1,'Metals'\n2,'Minerals'\n",
  'Ship.csv': "unq:ship_id,name,cost\n128049249,'Sidewinder',''\n128049255,'Eagle',44800\n",
  'ShipVendor.csv':
    'unq:ship_id@Ship.ship_id,unq:station_id@Station.station_id,modified\n' +
    `128049249,128000001,${MODIFIED}\n128049255,128000001,${MODIFIED}\n`,
  'listings.csv': LISTINGS,
  'listings-live.csv': LISTINGS,
};

/** Small sets that clients load without a word. */
export const GOOD: Readonly<Record<Generation, Readonly<Record<string, string>>>> = {
  v12: {
    ...COMMON,
    'System.csv':
      'unq:system_id,name,pos_x,pos_y,pos_z,added_id@Added.added_id,modified\n' +
      `10477373803,'Sol',0,0.0,0,'','1970-01-01 00:00:00'\n9223372036854775807,'Barnard''s, Star',-3.03125,1.375,25899.96875,20,${MODIFIED}\n`,
    'Station.csv':
      `unq:station_id,name,system_id@System.system_id,ls_from_star,${FLAG_NAMES},type_id,modified\n` +
      `128000001,'Galileo',10477373803,505,${FLAGS},4,${MODIFIED}\n3700000001,'K7Q-B1N',9223372036854775807,0,${FLAGS},24,${MODIFIED}\n`,
    'Item.csv':
      'unq:item_id,name,category_id@Category.category_id,ui_order,avg_price,fdev_id\n' +
      "128049152,'Platinum',1,2,19800,128049152\n128049154,'Gold',1,1,'',128049154\n",
    'Upgrade.csv':
      "unq:upgrade_id,name,class,rating,ship\n128064001,'Shield',3,'A',''\n128049304,'Alloy',1,'I','Asp'\n",
    'UpgradeVendor.csv': `unq:upgrade_id@Upgrade.upgrade_id,unq:station_id@Station.station_id,modified\n128064001,128000001,${MODIFIED}\n`,
    'RareItem.csv':
      'unq:rare_id,station_id@Station.station_id,category_id@Category.category_id,unq:name,cost,max_allocation,illegal,suppressed\n' +
      "1,128000001,2,'Lavian Brandy','',16,'?','N'\n",
  },
  v13: {
    ...COMMON,
    'System.csv':
      'unq:system_id,name,lookup_name,pos_x,pos_y,pos_z,modified\n' +
      `10477373803,'Sol','SOL',0,0.0,0,${MODIFIED}\n9223372036854775807,'Barnard''s, Star','',-3.03125,1.375,25899.96875,${MODIFIED}\n`,
    'Station.csv':
      `unq:station_id,name,lookup_name,system_id@System.system_id,ls_from_star,${FLAG_NAMES},type_id,modified\n` +
      `128000001,'Galileo','GALILEO',10477373803,505,${FLAGS},8,${MODIFIED}\n3700000001,'K7Q-B1N','K7QB1N',9223372036854775807,0,${FLAGS},5,${MODIFIED}\n`,
    'Item.csv':
      'unq:item_id,name,category_id@Category.category_id,ui_order,avg_price,fdev_id,rare_station_id@Station.station_id\n' +
      "128049152,'Platinum',1,2,19800,128049152,''\n128049154,'Gold',1,1,'',128049154,128000001\n",
  },
};

/** @param files null: left out */
export function check(generation: Generation, files: Readonly<Record<string, string | null>>): Violation[] {
  const dir = tempDir();
  for (const [name, text] of Object.entries(files)) if (text !== null) writeFileSync(join(dir, name), text);
  return checkPublishedSet(dir, generation);
}

/** The good set with one change to a file. */
export function checkChanged(
  generation: Generation,
  file: string,
  from: string | RegExp,
  to: string,
): Violation[] {
  const good = GOOD[generation][file]!;
  const bad = good.replace(from, to);
  expect(bad).not.toBe(good);
  return check(generation, { ...GOOD[generation], [file]: bad });
}
