import type { Store } from '../domain/ports/store/store.ts';

/** What is stored with a time ahead of every clock, and what to do about it; null: nothing is. */
export async function aheadOfClock(store: Store): Promise<string | null> {
  const { rows, names } = await store.checkTimes({ repair: false });
  if (rows + names === 0) return null;
  return (
    `${rows} rows of markets and vendors and ${names} systems and stations have a time ahead of the clock: they give way ` +
    'to any observation, but clients believe them (check the clock; if it is right: tdl purge --repair)'
  );
}
