import { fromCallback, fromPromise, type AnyEventObject, type NonReducibleUnknown } from 'xstate';

/** A place for I/O that `actors/system.ts` fills with `machine.provide()`; reaching one unfilled is a wiring bug. */
export function promiseSlot<Output, Input extends NonReducibleUnknown = NonReducibleUnknown>(name: string) {
  return fromPromise<Output, Input>(() => Promise.reject(new Error(`actor '${name}' not provided`)));
}

/** The same for actors that live as long as a state and talk both ways. */
export function callbackSlot<
  Events extends AnyEventObject,
  Input extends NonReducibleUnknown = NonReducibleUnknown,
>(name: string) {
  return fromCallback<Events, Input>(() => {
    throw new Error(`actor '${name}' not provided`);
  });
}
