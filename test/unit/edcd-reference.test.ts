import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readReference } from '../../src/infra/edcd/reference.ts';
import { tempDir } from '../support/temp-dir.ts';

const { signal } = new AbortController();

it('takes a mount and a guidance that no table lets in for none, and keeps the module', async () => {
  const source = tempDir();
  const header = 'id,symbol,category,name,mount,guidance,ship,class,rating,entitlement';
  const rows = [
    '1,Hpt_BeamLaser,hardpoint,Beam Laser,Fixed,,,1,E,',
    '2,Int_Engine,standard,Thrusters,mount,,,5,A,',
    '3,Hpt_Missile,hardpoint,Missile Rack,Turreted,Homing,,2,B,',
  ];
  writeFileSync(join(source, 'outfitting.csv'), [header, ...rows, ''].join('\n'));
  const { tables } = await readReference(source, tempDir(), 'v12', [], signal);
  expect(tables.outfitting?.map(({ id, mount, guidance }) => [id, mount, guidance])).toEqual([
    [1, 'Fixed', ''],
    [2, '', ''],
    [3, 'Turreted', ''],
  ]);
});

const RARES = 'id,symbol,market_id,category,name';
const SHIPS = 'id,symbol,name,entitlement';
const MODULES = 'id,symbol,category,name,mount,guidance,ship,class,rating,entitlement';
function sourceOf(tables: Readonly<Record<string, readonly string[]>>): string {
  const source = tempDir();
  for (const [name, lines] of Object.entries(tables)) writeFileSync(join(source, name), lines.join('\n'));
  return source;
}

it('leaves out what lacks something that its table needs, and keeps what may be empty', async () => {
  const source = sourceOf({
    'rare_commodity.csv': [
      RARES,
      '1,Lavian,128106744,Legal Drugs,Lavian Brandy',
      'x,A,1,B,C',
      '2,,1,B,C',
      '3,A,-1,B,C',
      '4,A,1x,B,C',
      '5,A,,B,C',
      '6,A,1,,C',
      '7,A,1,B,',
    ],
    'shipyard.csv': [SHIPS, '1,SideWinder,Sidewinder,', '2,Cobra,Cobra,horizons', 'x,A,B,', '3,,B,', '4,A,,'],
    'outfitting.csv': [
      MODULES,
      '1,Hpt_Seeker,hardpoint,Missile Rack,Fixed,Seeker,Viper,2,B,horizons',
      '2,Int_Tank,,,,,,,,',
      'x,A,B,C,,,,,,',
      '3,,B,C,,,,,,',
      '4,A,,C,,,,,,',
      '5,A,B,,,,,,,',
    ],
  });
  expect(await readReference(source, tempDir(), 'v12', null, signal)).toEqual({
    tables: {
      commodities: null,
      rares: [
        { id: 1, symbol: 'Lavian', marketId: 128_106_744n, category: 'Legal Drugs', name: 'Lavian Brandy' },
      ],
      shipyard: [
        { id: 1, symbol: 'SideWinder', name: 'Sidewinder', entitlement: '' },
        { id: 2, symbol: 'Cobra', name: 'Cobra', entitlement: 'horizons' },
      ],
      outfitting: [
        {
          ...{ id: 1, symbol: 'Hpt_Seeker', category: 'hardpoint', name: 'Missile Rack', mount: 'Fixed' },
          ...{ guidance: 'Seeker', ship: 'Viper', class: '2', rating: 'B', entitlement: 'horizons' },
        },
      ],
    },
    warnings: [],
  });
});

it('has each table from its cache where it cannot be had, says so, and asks for no table that is not written', async () => {
  const cache = tempDir();
  const source = sourceOf({ 'shipyard.csv': [SHIPS, '1,SideWinder,Sidewinder,'] });
  const first = await readReference(source, cache, 'v13', [], signal);
  expect(first.warnings).toEqual([
    expect.stringMatching(/^rare_commodity\.csv: left out of this import: .* cannot be read: ENOENT/),
  ]);
  rmSync(join(source, 'shipyard.csv'));
  const second = await readReference(source, cache, 'v13', [], signal);
  expect(second.warnings).toEqual([
    first.warnings[0],
    expect.stringMatching(/^shipyard\.csv: taken from the cache: .* cannot be read: ENOENT/),
  ]);
  expect(second.tables).toEqual({ ...first.tables, rares: null, outfitting: null });
  expect(second.tables.shipyard).toHaveLength(1);
});

it('tells that what was fetched could not be kept', async () => {
  const source = sourceOf({
    'rare_commodity.csv': [RARES, '1,Lavian,1,Legal Drugs,Lavian Brandy'],
    'shipyard.csv': [SHIPS, '1,SideWinder,Sidewinder,'],
  });
  const cache = join(tempDir(), 'file');
  writeFileSync(cache, '');
  const { tables, warnings } = await readReference(source, cache, 'v13', [], signal);
  expect([tables.rares, tables.shipyard]).toMatchObject([[{ id: 1 }], [{ id: 1 }]]);
  expect(warnings).toEqual([
    expect.stringMatching(/rare_commodity cannot be written: /),
    expect.stringMatching(/shipyard cannot be written: /),
  ]);
});
