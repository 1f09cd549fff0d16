import { mirrorMachine } from '../../machines/publishing/mirror.machine.ts';
import type { Child, Parts } from '../child.ts';
import { leaderOf } from '../leadership/leader.ts';
import { createSteps } from '../steps.ts';
import { MirrorReporter } from './reporter.ts';

/** The published files of who leads, where others may. */
export function createMirror(parts: Parts): Child {
  const { mirror, present, random, settings } = parts;
  const reporter = new MirrorReporter(parts.log);
  const { step, ended } = createSteps();
  const followed = () => {
    const { leads, leader } = leaderOf(present);
    return leads ? null : leader;
  };
  return {
    machine: mirrorMachine.provide({
      actors: {
        fetch: step(async (signal) => {
          const leader = followed();
          if (mirror === null || leader === null) return [];
          return mirror.fetch(leader.url, signal, () => followed()?.epoch === leader.epoch);
        }),
      },
      actions: {
        reportFetched: ({ context }) => reporter.fetched(context.fetched),
        reportFailure: ({ context }) => reporter.failed(context),
      },
    }),
    input: { ...settings().mirror, enabled: mirror !== null, random },
    dispose: ended,
  };
}
