import { createActor, toPromise } from 'xstate';
import { describe, expect, test } from 'vitest';
import { SupervisorReporter } from '../../src/actors/supervisor/reporter.ts';
import { lifecycleLogics, type LifecycleDeps } from '../../src/actors/supervisor/steps.ts';
import { recordingLog } from '../support/child-world.ts';
import { settled } from '../support/virtual-time.ts';

type Step = 'prepare' | 'spoolRest' | 'release';

/** The steps of a system of which something may fail, and what has been done. */
function lifecycle({ failing = [] as readonly string[], disposals = 2 } = {}) {
  const done: string[] = [];
  const doing = (what: string) => () => {
    done.push(what);
    return failing.includes(what) ? Promise.reject(new Error(`${what} failed`)) : Promise.resolve();
  };
  const deps = {
    feed: { close: () => void done.push('feed') },
    decoder: { close: doing('decoder') },
    store: { close: doing('store') },
    spool: { close: doing('spool') },
    keeper: {
      open: (nowS: number, signal: AbortSignal) => {
        done.push(`open at ${nowS}, ${String(signal.aborted)}`);
        return Promise.resolve({ pending: 3, parked: 4 });
      },
    },
    pool: { liveCount: 7, spoolRest: doing('rest') },
    time: { now: () => 5_999 },
    dispose: Array.from({ length: disposals }, (_, i) => doing(`child ${i}`)),
    reportSpool: (counts: object) => void done.push(JSON.stringify(counts)),
  } as unknown as LifecycleDeps;
  const logics = lifecycleLogics(deps);
  return { done, run: (step: Step) => toPromise(createActor(logics[step]).start()) };
}

describe('before the children start', () => {
  test('the spool is opened, and what waits in it is told', async () => {
    const { done, run } = lifecycle();
    await run('prepare');
    expect(done).toEqual(['open at 5, false', '{"pending":3,"parked":4}']);
  });
});

describe('after the children have ended', () => {
  test('the feed is closed, then what is in memory goes to the spool', async () => {
    const { done, run } = lifecycle();
    await run('spoolRest');
    expect(done).toEqual(['feed', 'rest']);
  });

  test('what cannot be kept is said to be lost, with how much it is and why', async () => {
    const { run } = lifecycle({ failing: ['rest'] });
    await expect(run('spoolRest')).rejects.toMatchObject({
      code: 'lost',
      message: '7 snapshots could not be kept and are lost: rest failed',
    });
  });

  test('what the children held is given back before the files and the database are closed', async () => {
    const { done, run } = lifecycle();
    await run('release');
    expect(done).toEqual(['child 0', 'child 1', 'decoder', 'store', 'spool']);
  });

  test.each(['child 0', 'decoder', 'store', 'spool'])(
    'all else is closed where %s fails, which is told',
    async (what) => {
      const { done, run } = lifecycle({ failing: [what] });
      await expect(run('release')).rejects.toThrow(`${what} failed`);
      expect(done).toHaveLength(5);
    },
  );

  test('nothing is closed before a child has given back what it held', async () => {
    const child = Promise.withResolvers<undefined>();
    const done: string[] = [];
    const close = () => Promise.resolve(done.push('closed'));
    const { release } = lifecycleLogics({
      ...{ decoder: { close }, store: { close }, spool: { close } },
      dispose: [() => child.promise],
    } as unknown as LifecycleDeps);
    const ended = toPromise(createActor(release).start());
    await settled();
    expect(done).toEqual([]);
    child.resolve(undefined);
    await ended;
    expect(done).toHaveLength(3);
  });
});

test('the operator hears which child crashed and why, what is still to be written, and what the spool keeps', () => {
  const { log, lines } = recordingLog();
  const reporter = new SupervisorReporter(log, { liveCount: 7 } as never);
  reporter.childCrashed('writer', { restarts: 2, lastError: 'out of memory' });
  reporter.childCrashed('writer', { restarts: 3, lastError: null });
  reporter.draining();
  reporter.deadline();
  expect(lines).toEqual([
    ['error', 'writer crashed: out of memory', { child: 'writer', restarts: 2, error: 'out of memory' }],
    ['error', 'writer crashed: unknown error', { child: 'writer', restarts: 3, error: null }],
    ['info', 'stopping: 7 snapshots to write', { inFlight: 7 }],
    ['warn', 'shutdown deadline: 7 snapshots go to the spool instead of the database', { inFlight: 7 }],
  ]);
});
