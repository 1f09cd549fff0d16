import fc from 'fast-check';
import { createActor, StateMachine, type AnyActorLogic } from 'xstate';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Coverage } from '../support/coverage.ts';
import { explore, type Exploration } from '../support/model.ts';
import { machinesByName } from '../support/machines-by-name.ts';
import { Replay } from '../support/replay.ts';
import { times } from '../support/times.ts';
import { walkAll } from '../support/walk.ts';
import { SETUPS } from './setups/index.ts';

// XState warns of messages to children that have just ended; nobody has to know who was first.
beforeEach(() => void vi.spyOn(console, 'warn').mockReturnValue(undefined));

const isFaulty = process.env.TDL_TEST_MACHINE !== undefined;
const MANY_PATHS = 150;

describe.each(machinesByName())('machine %s', (_, machine) => {
  // Not while this file is loaded: one machine's tests leave the others alone.
  let known: readonly (Exploration & { readonly setup: (typeof SETUPS)[number] })[] | undefined;
  const explored = () =>
    (known ??= SETUPS.filter((setup) => setup.machine === machine).map((setup) => ({
      setup,
      ...explore(setup),
    })));

  test('keeps its promises whatever comes', async () => {
    for (const { setup } of explored()) {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(), { maxLength: 60 }), async (choices) => {
          const replay = await new Replay(setup).play([]);
          for (const choice of choices) {
            const events = replay.possible();
            if (events.length === 0) break;
            await replay.perform(events[choice % events.length]!);
          }
        }),
        { numRuns: times(40, 100) },
      );
    }
  });

  test('reaches every state and takes every transition, and keeps its promises on the way', async () => {
    const coverage = new Coverage(machine);
    // Of many paths a planted fault takes these only: what follows one is done on the way of others.
    const isShort = isFaulty && explored().some(({ paths }) => paths.length > MANY_PATHS);
    for (const { setup, paths } of explored()) {
      const start = async ({ events, state }: (typeof paths)[number]) => {
        // The way to the state before is the way to another one.
        const replay = await new Replay(setup, coverage).play(events, events.length - 1);
        expect(replay.snapshot.value).toEqual(state.value);
        return replay;
      };
      if (isShort) for (const path of paths) await start(path);
      else await walkAll(setup, paths, start);
    }
    console.log(`coverage of ${String(coverage)}`);
    if (!isShort) expect(coverage.unseen).toEqual([]);
  });

  test('says which of its steps nobody has provided', async () => {
    const slots = Object.entries(machine.implementations.actors);
    // The supervisor's children are machines, not steps.
    for (const [name, logic] of slots.filter(([, logic]) => !(logic instanceof StateMachine))) {
      const step = createActor(logic as AnyActorLogic);
      const { promise: failure, resolve } = Promise.withResolvers<unknown>();
      step.subscribe({ error: resolve });
      step.start();
      expect(String(await failure)).toContain(`'${name}' not provided`);
    }
  });

  test('has a way out of every state', () => {
    expect(explored().flatMap(({ deadEnds }) => deadEnds)).toEqual([]);
  });

  test.each(['good', 'bad'] as const)('ends when stopped, from every state, with %s luck', async (luck) => {
    for (const { setup, paths } of explored()) {
      for (const { events, state } of paths) {
        if (state.status !== 'active') continue;
        const replay = await new Replay(setup).play([...events, setup.stop], events.length);
        await replay.runOn(luck);
        expect(replay.snapshot.status).toBe('done');
      }
    }
  });
});
