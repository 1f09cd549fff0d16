import { expect } from 'vitest';
import type { AnyEventObject } from 'xstate';
import type { GuardianInput, GuardianOutput } from '../../../src/machines/supervision/guardian.machine.ts';
import {
  CHILDREN,
  CHILD_NAMES,
  eachChild,
  supervisorMachine,
  type ChildName,
} from '../../../src/machines/supervision/supervisor.machine.ts';
import type { ModelSetup } from '../../support/model.ts';

const guardianInput = (name: ChildName): GuardianInput => ({
  name,
  childInput: {},
  elected: false,
  maxRestarts: 5,
  steadyMs: 60_000,
  backoff: { minMs: 500, capMs: 30_000 },
  random: () => 0.5,
});

const isChild = (src: string): src is ChildName => CHILD_NAMES.includes(src as ChildName);

const ended = (name: ChildName): GuardianOutput[] => [
  { name, exhausted: null, childOutput: null },
  { name, exhausted: 'boom', childOutput: null },
];
const REFUSED: GuardianOutput = {
  name: 'writer',
  exhausted: null,
  childOutput: { failure: { kind: 'setup', reason: 'foreign' } },
};

/** What an event makes the system end with; null: nothing. */
function failureBy({ type, ...event }: AnyEventObject): object | null {
  const [, source] = /^xstate\.error\.actor\.(.*)$/.exec(type) ?? [];
  if (source !== undefined) {
    const { message: reason } = event.error as Error;
    return { kind: source.includes('booting') ? 'setup' : 'crash', reason };
  }
  const end = event.output as GuardianOutput | undefined;
  if (end === undefined) return null;
  if (end.exhausted !== null) return { kind: 'crash', reason: `${end.name} failed too often: boom` };
  return end === REFUSED ? { kind: 'setup', reason: 'foreign' } : null;
}

const supervisor: ModelSetup<typeof supervisorMachine> = {
  machine: supervisorMachine,
  input: {
    drainMs: 20_000,
    guardians: eachChild(guardianInput),
  },
  outputs: {
    prepare: [undefined],
    ...eachChild(ended),
    writer: [...ended('writer'), REFUSED],
    spoolRest: [undefined],
    release: [undefined],
  },
  fails: ['prepare', 'stations', 'spoolRest', 'release'],
  delays: { drainDeadline: [20_000, 20_000] },
  stop: { type: 'stop' },
  home: ['running', 'stopped', 'failed'],
  // Of the pool it does not remember whether it has crashed: then there is at least a failure.
  isAlive: (src, { alive, failure }) =>
    src === 'stations' ? failure === null : !isChild(src) || alive.includes(src),
  // Of those that are neither listener nor writer, it only matters how many are left.
  key: ({ alive, failure }) => [
    alive.includes('listener'),
    alive.includes('writer'),
    alive.length,
    failure !== null,
  ],
  check({ event, value, previous, context, before, running, history, news, done, output }) {
    const happened = (entry: string) => history.includes(entry);
    const first = (entry: string) => history.indexOf(entry);
    if (value === 'booting') expect(running, 'nothing before the spool is open').toEqual(['prepare']);
    for (const name of context.alive) expect(done || running.includes(name), `${name} is alive`).toBe(true);

    const hurried = happened('do reportDeadline') || happened('event xstate.error.actor.stations');
    for (const name of CHILD_NAMES) {
      if (!news.includes(`tell ${name} stop`)) continue;
      if (CHILDREN[name] !== 'intake')
        expect(context.alive, 'the feed is closed first').not.toContain('listener');
      if (CHILDREN[name] === 'rest') expect(context.alive, 'then the queue').not.toContain('writer');
    }
    if (news.includes('tell writer stop') && !hurried)
      expect(happened('tell stations stations.flush'), 'and deferred stations').toBe(true);
    if (value === 'draining.orderly.endingRest')
      for (const name of context.alive) expect(happened(`tell ${name} stop`), `${name} is told`).toBe(true);
    if (news.includes('start spoolRest')) expect(context.alive, 'then the rest').toEqual([]);
    if (happened('start release') && happened('end prepare') && happened('start writer')) {
      expect(first('start spoolRest'), 'the files are closed last').toBeLessThan(first('start release'));
      expect(happened('end spoolRest')).toBe(true);
    }
    for (const once of ['start spoolRest', 'start release', 'start stations']) {
      expect(history.filter((entry) => entry === once).length, once).toBeLessThanOrEqual(1);
    }
    const isWorking = /^(running|maintenance|finishing|draining.orderly)/.test(value);
    const left = CHILD_NAMES.filter((name) => !happened(`event xstate.done.actor.${name}`));
    if (isWorking) expect(context.alive, 'who has not ended is alive').toEqual(left);
    const waitsFor = { closingFeed: 'listener', flushing: 'writer' }[value.split('.').at(-1) ?? ''];
    if (waitsFor !== undefined) expect(context.alive, 'it waits for one that is there').toContain(waitsFor);
    if (value.endsWith('endingRest')) expect(context.alive, 'it waits for somebody').not.toEqual([]);
    if (event.type.startsWith('xstate.done.actor.') && ['running', 'maintenance'].includes(previous ?? '')) {
      const isRead = event.type.endsWith('.listener') && context.failure === null;
      expect(value === 'finishing', 'a feed that has been read is no failure').toBe(isRead);
      expect(news.includes('tell stations feed.finished')).toBe(isRead);
    }
    // Only the graph thinks that somebody could end again.
    const hasEnded = news.some((entry) => entry.startsWith('end '));
    if (before?.failure === null)
      expect(context.failure, 'why it ends').toEqual(hasEnded ? failureBy(event) : null);
    if (before !== null && before.failure !== null) {
      expect(context.failure, 'the first reason is told').toBe(before.failure);
    }
    if (done) {
      expect(output).toEqual({ failure: context.failure });
      expect(value).toBe(context.failure === null ? 'stopped' : 'failed');
    }
  },
};

export const setups = [supervisor];
