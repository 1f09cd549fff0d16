import { addPatrol } from '../../app/commanders/patrols.ts';
import { withStore } from '../one-shot.ts';
import { say } from '../say.ts';
import type { PatrolCommand } from './arguments.ts';

const SAID = {
  made: 'is made',
  changed: 'is changed',
  same: 'is there already, and just the same',
} as const;

/** `patrol add NAME [COMMANDER...] --near PLACE --max-age 12h`. */
export function run({ name, asked }: Extract<PatrolCommand, { verb: 'patrol-add' }>): Promise<number> {
  return withStore(async (store, base) => {
    const was = await addPatrol(base, store, name, asked);
    const who = base.config.tours
      ? 'a daemon sees it within half a minute'
      : 'no daemon of this configuration flies it: "tours" is not true there';
    return say(`patrol ${name} ${SAID[was]}${was === 'same' ? '' : `; ${who}`}\n`);
  });
}
