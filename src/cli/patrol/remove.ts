import { removePatrol } from '../../app/commanders/patrols.ts';
import { withStore } from '../one-shot.ts';
import { say } from '../say.ts';

/** `patrol remove NAME`. */
export function run({ name }: { readonly name: string }): Promise<number> {
  return withStore(async (store) => {
    await removePatrol(store, name);
    return say(`patrol ${name} is removed; a daemon calls its commanders back within half a minute\n`);
  });
}
