import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readReference } from '../../src/infra/edcd/reference.ts';
import { tempDir } from '../support/temp-dir.ts';

it('takes a mount and a guidance that no table lets in for none, and keeps the module', async () => {
  const source = tempDir();
  const header = 'id,symbol,category,name,mount,guidance,ship,class,rating,entitlement';
  const rows = [
    '1,Hpt_BeamLaser,hardpoint,Beam Laser,Fixed,,,1,E,',
    '2,Int_Engine,standard,Thrusters,mount,,,5,A,',
    '3,Hpt_Missile,hardpoint,Missile Rack,Turreted,Homing,,2,B,',
  ];
  writeFileSync(join(source, 'outfitting.csv'), [header, ...rows, ''].join('\n'));
  const { signal } = new AbortController();
  const { tables } = await readReference(source, tempDir(), 'v12', [], signal);
  expect(tables.outfitting?.map(({ id, mount, guidance }) => [id, mount, guidance])).toEqual([
    [1, 'Fixed', ''],
    [2, '', ''],
    [3, 'Turreted', ''],
  ]);
});
