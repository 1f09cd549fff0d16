import { AppError } from '../../domain/errors.ts';
import type { Leader } from '../../domain/ports/upkeep/leadership.ts';
import { leadershipMachine } from '../../machines/supervision/leadership.machine.ts';
import type { Child, Parts } from '../child.ts';
import { createSteps } from '../steps.ts';
import { leaderOf } from './leader.ts';
import { LeadershipReporter } from './reporter.ts';

/** Where other daemons share the database: who leads. Times in ISO 8601, UTC, by the clock of the database. */
export interface LeadershipReport {
  readonly leads: boolean;
  /** Null: nobody that this daemon knows of. */
  readonly leader: (Pick<Leader, 'name' | 'url' | 'epoch'> & { readonly since: string }) | null;
}

export interface LeadershipChild extends Child {
  /** Null: no others share the database. */
  readonly report: () => LeadershipReport | null;
  /** Does what only a leader may do. @throws AppError `leadership`: another one leads, or does by now */
  readonly whileLeading: <T>(run: () => Promise<T>) => Promise<T>;
  /** Resolves when another daemon may lead. @throws AppError `leadership`: this one does not, or is alone */
  readonly yieldNow: () => Promise<void>;
}

export function createLeadership(parts: Parts): LeadershipChild {
  const { elected, lease, present, random, settings, tell } = parts;
  const reporter = new LeadershipReporter(parts.log);
  const { step, ended } = createSteps();
  const yielding: (() => void)[] = [];
  let standsDown = Promise.withResolvers<never>();

  const leads = () => leaderOf(present).leads;
  const leader = () => leaderOf(present).leader;

  function another(): AppError {
    const who = leader();
    return new AppError(
      'leadership',
      who === null ? 'no daemon leads at this moment' : `another daemon leads: ${who.name}`,
      { advice: who === null ? 'try again in some seconds' : 'ask that one' },
    );
  }

  /** Without others there is nothing to ask. */
  function asked(): NonNullable<Parts['lease']> {
    if (lease === null) throw new Error('there is no lease');
    return lease;
  }

  return {
    machine: leadershipMachine.provide({
      actors: {
        standDown: step(async () => {
          const before = standsDown;
          standsDown = Promise.withResolvers();
          before.promise.catch(() => undefined);
          before.reject(
            new AppError('leadership', 'another daemon leads by now', { advice: 'ask that one' }),
          );
          await elected.standDown();
          return undefined;
        }),
        claim: step((signal) => asked().claim(signal)),
        renew: step((signal) => asked().renew(signal)),
        release: step(async () => {
          try {
            await asked().release();
          } finally {
            for (const tellYielded of yielding.splice(0)) tellYielded();
          }
          return undefined;
        }),
      },
      actions: {
        startElected: elected.start,
        reportLeads: ({ context }) => reporter.leads(context.leader),
        reportFollows: ({ context }) => reporter.follows(context.leader),
        reportLost: ({ context }) => reporter.lost(context.lastError),
        reportFailure: ({ context }) => reporter.failed(context),
      },
    }),
    input: { ...settings().leadership, shared: lease !== null, random },
    dispose: async () => {
      await ended();
      await lease?.close();
    },
    report() {
      if (lease === null) return null;
      const who = leader();
      return {
        leads: leads(),
        leader: who && {
          ...{ name: who.name, url: who.url, epoch: who.epoch },
          since: new Date(who.sinceS * 1000).toISOString(),
        },
      };
    },
    async whileLeading(run) {
      if (lease === null) return run();
      if (!leads()) throw another();
      return Promise.race([run(), standsDown.promise]);
    },
    async yieldNow() {
      if (lease === null) {
        throw new AppError('leadership', 'no other daemon shares this database', {
          advice: 'cluster_url in the configuration of each makes several of them work together',
        });
      }
      if (!leads()) throw another();
      await new Promise<void>((resolve) => {
        yielding.push(resolve);
        tell('leadership', { type: 'leadership.yield' });
      });
    },
  };
}
