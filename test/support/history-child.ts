/**
 * A process that keeps a history until it is killed: `node history-child.ts <database> <directory> <first day, ms> [end, ms]`.
 * Its days take a second, and none begins after the end. It says `ready` when it follows the log.
 */
import { createActor } from 'xstate';
import { historianLogics } from '../../src/actors/historian/steps.ts';
import { createHistoryRecorder } from '../../src/infra/history/recorder.ts';
import { realTime } from '../../src/infra/process/real-time.ts';
import { createSqliteQueries } from '../../src/infra/store/sqlite/queries/queries.ts';
import { createSqliteStore } from '../../src/infra/store/sqlite/store.ts';
import { historianMachine } from '../../src/machines/publishing/historian.machine.ts';

/** A day in a second. */
const SPEED = 86_400;

const [file = '', directory = '', firstMs = '', endMs = 'Infinity'] = process.argv.slice(2);
const changeLog = { keepS: 86_400, keepEntries: 1_000_000 };
const { logics } = historianLogics({
  recorder: createHistoryRecorder(directory),
  queries: createSqliteQueries(file),
  store: createSqliteStore({ file, generation: 'auto', changeLog }),
  keepDays: 3_650,
  time: {
    ...realTime,
    now: () => Number(firstMs) + (Math.min(Date.now(), Number(endMs)) - Number(firstMs)) * SPEED,
  },
});
const actor = createActor(historianMachine.provide({ actors: logics }), {
  input: { enabled: true, startMs: 0, lookMs: 5, backoff: { minMs: 5, capMs: 50 }, random: Math.random },
});
let isReady = false;
actor.subscribe(({ value, context }) => {
  if (context.lastError !== null) process.stderr.write(`${context.lastError}\n`);
  if (value === 'waiting' && !isReady) process.stdout.write('ready\n');
  isReady ||= value === 'waiting';
});
actor.start();
