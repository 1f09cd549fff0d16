import { createActor, toPromise, type PromiseActorLogic } from 'xstate';
import { expect, test } from 'vitest';
import { SpanshReporter } from '../../src/actors/spansh-updater/reporter.ts';
import { Asked } from '../../src/actors/asked.ts';
import { updaterLogics, type WholePublication } from '../../src/actors/spansh-updater/steps.ts';
import { requestPublication } from '../../src/app/ports/spansh-updater.ts';
import type { DumpProgress, DumpStage } from '../../src/domain/ports/dump.ts';
import type { SpanshUpdaterPorts } from '../../src/domain/ports/spansh-updater.ts';
import { silentLog } from '../support/http.ts';
import { VirtualTime, ProcessTime } from '../support/virtual-time.ts';

const VERSION = { source: 'https://spansh.test/dump', etag: '"1"', lastModifiedS: 1, size: 1 };
const never = () => Promise.reject(new Error('nobody asked for it'));

/** An updater that remembers a stage of the source's present dump, reached on a database; it works on "this one". */
function updater(stage: DumpStage, database: string | null) {
  let progress: DumpProgress | null = { version: VERSION, stage, file: 'dump', database, atS: 0 };
  const done: string[] = [];
  const ports: SpanshUpdaterPorts = {
    database: 'this one',
    state: {
      load: () => Promise.resolve(progress),
      save: (saved) => Promise.resolve(void (progress = saved)),
    },
    source: { check: () => Promise.resolve(VERSION), download: never, discard: never },
    importDump: never,
    publish: () =>
      done.length > 1
        ? Promise.reject(new Error('the disk is full'))
        : Promise.resolve({ rows: {}, changed: [] }),
    demote: () => Promise.resolve(done.push('demoted')),
    missingFiles: () => Promise.resolve([]),
    isEmpty: () => Promise.resolve(false),
    noteUpdated: never,
    zone: () => 'UTC',
    opensInMs: () => 0,
  };
  const time = new ProcessTime(new VirtualTime(), () => 0);
  const reporter = new SpanshReporter(silentLog, () => 0, 1_000);
  const asked = new Asked<WholePublication>();
  const { logics } = updaterLogics({ ...ports, time, reporter, asked, isCleared: () => false });
  const run = <T>(logic: PromiseActorLogic<T>) => toPromise(createActor(logic).start());
  const plan = (isAsked = false) =>
    toPromise(createActor(logics.plan, { input: { asked: isAsked } }).start());
  return { ports, logics, run, plan, asked, done, progress: () => progress };
}

test.each([
  ['imported', 'publish'],
  ['published', 'demote'],
  ['demoted', 'check'],
  ['refused', 'check'],
] as const)(
  'a dump that is %s goes on with %s, and has not been seen by another database',
  async (stage, step) => {
    const here = updater(stage, 'this one');
    expect(await here.plan()).toMatchObject({ step });
    expect(await here.run(here.logics.check)).toEqual({ changed: false });

    for (const other of ['another one', null]) {
      const { logics, run, plan, done, progress, ports } = updater(stage, other);
      expect(await plan()).toMatchObject({ step: 'check' });
      expect(await run(logics.check), 'it is imported there').toEqual({ changed: true });
      await expect(run(logics.demote)).rejects.toThrow('nothing is published');
      expect(done).toEqual([]);
      await run(logics.publish);
      expect(progress()).toMatchObject({ stage: 'published', version: null, database: ports.database });
    }
  },
);

test('who asks for a publication hears of the whole of it, or why there is none', async () => {
  const { logics, run, plan, asked, done } = updater('demoted', 'this one');
  expect(await plan(true)).toEqual({ step: 'publish', opensInMs: 0 });
  const published = asked.ask();
  await run(logics.publish);
  await run(logics.demote);
  expect(await published).toEqual({ rows: {}, changed: [], demoted: 1 });

  const failing = asked.ask();
  done.push('and another time');
  await expect(run(logics.publish)).rejects.toThrow('the disk is full');
  await expect(failing).rejects.toThrow('the disk is full');
  // A dump that was fetched must not be forgotten.
  expect(await updater('downloaded', null).plan(true)).toMatchObject({ step: 'import' });
});

test('what a one-shot brought is published for its database; only there the dump stays known', async () => {
  const here = updater('demoted', 'this one');
  await requestPublication(here.ports);
  expect(here.progress()).toMatchObject({ stage: 'imported', version: VERSION, database: 'this one' });
  const other = updater('demoted', 'another one');
  await requestPublication(other.ports);
  expect(other.progress()).toMatchObject({ stage: 'imported', version: null, database: 'this one' });
});

test('a dump that is downloaded is of no database yet, and imported into whichever there is', async () => {
  const { plan, ports, progress } = updater('downloaded', null);
  expect(await plan()).toMatchObject({ step: 'import' });
  await requestPublication(ports);
  expect(progress()).toMatchObject({ stage: 'downloaded' });
});
