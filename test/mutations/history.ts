import type { Mutation } from './mutation.ts';

const FILES = 'test/integration/history-files.test.ts';
const TROUBLES = 'test/integration/history-troubles.test.ts';
const CONTRACT = 'test/contract/sqlite-history.test.ts';
const KILLS = 'test/fault/history-kills.test.ts';
const RECORDING = 'src/infra/history/recording.ts';

/** Of the history of prices. */
export const HISTORY_MUTATIONS: readonly Mutation[] = [
  {
    guarantee: 'no change is recorded twice',
    fault: 'a page is recorded whatever the cursor says',
    file: RECORDING,
    from: 'if (cursor?.logId !== after.logId || cursor.seq !== after.seq) return;',
    to: 'if (cursor === null) return;',
    tests: [FILES],
  },
  {
    guarantee: 'a page of the log is recorded whole or not at all, with the cursor',
    fault: 'the cursor moves before what it stands for is there',
    file: 'src/actors/historian/steps.ts',
    from: 'const markets = await unlessAborted(queries.seenMarkets([...ids]));',
    to: "await recorder.goOn({ logId, seq: last.seq }, 'x', nowS());\n      const markets = await unlessAborted(queries.seenMarkets([...ids]));",
    tests: [CONTRACT],
  },
  {
    guarantee: 'no day is missing',
    fault: 'the rows of a day go before its files are there',
    file: 'src/infra/history/recorder.ts',
    from: 'const task: CloseTask = { directory, day, names };',
    to: "const task: CloseTask = { directory, day, names };\n      await call('closed', { day, written: { bytes: 0, hours: 0 } });",
    tests: [FILES, KILLS],
  },
  {
    guarantee: 'a day that is over stays as it is',
    fault: 'a clock that goes back opens it again',
    file: RECORDING,
    from: 'return Math.max(running, day);',
    to: 'return day;',
    tests: [FILES],
  },
  {
    guarantee: 'a day with a gap is not whole',
    fault: 'what the log has lost is passed over in silence',
    file: RECORDING,
    from: 'gap = COALESCE(gap, excluded.gap)',
    to: 'gap = gap',
    tests: [CONTRACT],
  },
  {
    guarantee: 'unknown is not "not traded"',
    fault: 'what was purged for its age is told as not traded',
    file: 'src/infra/history/reader.worker.ts',
    from: "isForgotten: change.source === 'purge'",
    to: 'isForgotten: false',
    tests: [CONTRACT],
  },
  {
    guarantee: 'an answer says which days it lacks',
    fault: 'a file that cannot be read counts as one without rows',
    file: 'src/infra/history/reader.worker.ts',
    from: "lost.set(day, isMissing ? 'its file is missing' : 'its file cannot be read');",
    to: 'void isMissing;',
    tests: [TROUBLES],
  },
  {
    guarantee: 'a day that has a file is not forgotten',
    fault: 'a new running file does not look for days',
    file: 'src/infra/history/recorder-thread.ts',
    from: 'if (isNew) await',
    to: 'if (!isNew) await',
    tests: [TROUBLES],
  },
];
