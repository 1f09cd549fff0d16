import { withdrawTour } from '../../app/commanders/tours.ts';
import { withStore } from '../one-shot.ts';
import { say } from '../say.ts';

/** `tour withdraw ID`. */
export function run({ id }: { readonly id: string }): Promise<number> {
  return withStore(async (store) => {
    await withdrawTour(store, id);
    return say(`tour ${id} is withdrawn; a daemon that flies it sees that within half a minute\n`);
  });
}
