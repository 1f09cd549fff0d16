import { expect } from 'vitest';
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
  check({ value, context, before, running, history, news, done, output }) {
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
