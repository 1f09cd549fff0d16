import { createActor, toPromise, type PromiseActorLogic } from 'xstate';
import { expect, test } from 'vitest';
import { SpanshReporter } from '../../src/actors/spansh-updater/reporter.ts';
import { Asked } from '../../src/actors/asked.ts';
import { GivenImport } from '../../src/actors/spansh-updater/given.ts';
import { updaterLogics, type WholePublication } from '../../src/actors/spansh-updater/steps.ts';
import { requestPublication } from '../../src/app/ports/spansh-updater.ts';
import type { DumpProgress, DumpStage } from '../../src/domain/ports/galaxy/dump.ts';
import type {
  ImportHooks,
  ImportResult,
  SpanshUpdaterPorts,
} from '../../src/domain/ports/galaxy/spansh-updater.ts';
import { silentLog } from '../support/http.ts';
import { NO_COUNTS } from '../../src/domain/ports/store/galaxy-store.ts';
import { NO_BLOCKS } from '../../src/domain/spansh/block-counts.ts';
import { AppError } from '../../src/domain/errors.ts';
import { VirtualTime, ProcessTime } from '../support/virtual-time.ts';

const VERSION = { source: 'https://spansh.test/dump', etag: '"1"', lastModifiedS: 1, size: 1 };
const never = () => Promise.reject(new Error('nobody asked for it'));

/** An updater that remembers a stage of the source's present dump, reached on a database; it works on "this one". */
function updater(stage: DumpStage, database: string | null, more: Partial<SpanshUpdaterPorts> = {}) {
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
    importGiven: never,
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
    ...more,
  };
  const time = new ProcessTime(new VirtualTime(), () => 0);
  const reporter = new SpanshReporter(silentLog, () => 0, 1_000);
  const asked = new Asked<WholePublication>();
  const given = new GivenImport();
  const { logics, mayImport } = updaterLogics({
    ...{ ...ports, time, reporter, asked, given },
    isCleared: () => false,
  });
  const run = <T>(logic: PromiseActorLogic<T>) => toPromise(createActor(logic).start());
  const plan = (isAsked = false) =>
    toPromise(createActor(logics.plan, { input: { asked: isAsked } }).start());
  return { ports, logics, run, plan, asked, given, mayImport, done, progress: () => progress };
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

const PROGRESS = { bytesRead: 1, totalBytes: 2, systems: 1, stations: 1, counts: NO_COUNTS };
const RESULT: ImportResult = {
  ...PROGRESS,
  problems: {},
  tooOld: NO_BLOCKS.tooOld,
  maxAgeDays: 30,
  items: [],
};
const GIVEN = { from: '/dump.json', maxAgeDays: undefined };

/** Until it is told to stop. */
const endless = (_: unknown, { signal, onProgress }: ImportHooks) =>
  new Promise<never>((_resolve, reject) => {
    onProgress(PROGRESS);
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });

function anAsker() {
  const hangUp = new AbortController();
  const told: unknown[] = [];
  const asker = { signal: hangUp.signal, onProgress: (progress: unknown) => void told.push(progress) };
  return { asker, told, hangUp: () => hangUp.abort(new AppError('aborted', 'whoever asked has gone')) };
}

test('a dump that is given goes before everything, one at a time, and whoever gave it hears of it', async () => {
  let isTaken = false;
  const importGiven: SpanshUpdaterPorts['importGiven'] = ({ from }, { onProgress }) => {
    onProgress(PROGRESS);
    if (isTaken) return Promise.reject(new AppError('dump', `${from} is none`));
    isTaken = true;
    return Promise.resolve(RESULT);
  };
  const { logics, run, plan, given } = updater('downloaded', null, { importGiven });
  const { asker, told } = anAsker();
  const imported = given.ask(GIVEN, asker);
  const busy = { code: 'busy', advice: 'wait until it has ended' };
  expect(() => given.ask(GIVEN, asker)).toThrow(expect.objectContaining(busy) as Error);
  expect(await plan(true)).toEqual({ step: 'importGiven', opensInMs: 0 });
  await run(logics.importGiven);
  expect(await imported).toEqual(RESULT);
  expect(told).toEqual([PROGRESS]);
  expect(await plan()).toMatchObject({ step: 'import' });

  const failing = given.ask(GIVEN, asker);
  await expect(run(logics.importGiven)).rejects.toThrow('is none');
  await expect(failing).rejects.toThrow('/dump.json is none');
  expect(await plan()).toMatchObject({ step: 'import' });
});

test('an import ends when whoever asked goes, and with the updater', async () => {
  const { logics, run, plan, given } = updater('demoted', 'this one', { importGiven: endless });
  const early = anAsker();
  const withdrawn = given.ask(GIVEN, early.asker);
  early.hangUp();
  await expect(withdrawn).rejects.toThrow('has gone');
  expect(await plan()).toMatchObject({ step: 'check' });
  await expect(run(logics.importGiven)).rejects.toMatchObject({ code: 'aborted' });

  const late = anAsker();
  const ended = given.ask(GIVEN, late.asker);
  const step = run(logics.importGiven);
  await expect.poll(() => late.told).toEqual([PROGRESS]);
  expect(() => given.ask(GIVEN, early.asker), 'of one that has gone').toThrow('has gone');
  expect(() => given.ask(GIVEN, anAsker().asker)).toThrow('for somebody else');
  late.hangUp();
  await expect(step).rejects.toThrow('has gone');
  await expect(ended).rejects.toThrow('has gone');

  const { asker, told } = anAsker();
  const stopped = given.ask(GIVEN, asker);
  const actor = createActor(logics.importGiven).start();
  await expect.poll(() => told).toEqual([PROGRESS]);
  actor.stop();
  await expect(stopped).rejects.toMatchObject({
    code: 'aborted',
    message: expect.stringContaining('is sound') as string,
  });
});

test('nothing is imported beside a dump of Spansh', async () => {
  const { logics, mayImport } = updater('downloaded', null, { importDump: endless });
  const isBusy = () => {
    try {
      mayImport();
      return false;
    } catch (error) {
      return error instanceof AppError && error.code === 'busy';
    }
  };
  expect(isBusy()).toBe(false);
  const actor = createActor(logics.importDump).start();
  await expect.poll(isBusy).toBe(true);
  actor.stop();
  await expect.poll(isBusy).toBe(false);
});
