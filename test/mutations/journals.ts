import type { Mutation } from './mutation.ts';

const SITES = 'test/unit/colonisation-sites.test.ts';
const CARRIERS = 'test/unit/colonisation-carriers.test.ts';
const SHOPPING = 'test/unit/colonisation-shopping.test.ts';
const PLAN = 'test/unit/colonisation-plan.test.ts';
const FILL = 'src/domain/colonisation/supply/fill-load.ts';
const FOLDER = 'test/integration/journal-folder.test.ts';
const WATCHERS = 'test/unit/journal-watchers.test.ts';
const SENT = 'test/unit/journal-sent.test.ts';
const ASSISTANT = 'test/integration/http-assistant-live.test.ts';
const INBOX = 'test/integration/http-journal.test.ts';
const SITE = 'src/domain/colonisation/book/site.ts';
const READER = 'src/infra/journal/folder.ts';

/** Of journals, and what they tell. */
export const JOURNAL_MUTATIONS: readonly Mutation[] = [
  {
    guarantee: 'a delivery that a depot event has counted is not added again',
    fault: 'every delivery is added',
    file: SITE,
    from: 'if (atS > Math.max(depot?.atS ?? 0, counted[symbol]?.atS ?? 0)) {',
    to: 'if (atS > (counted[symbol]?.atS ?? 0)) {',
    tests: [SITES],
  },
  {
    guarantee: 'what is provided never regresses',
    fault: 'what was counted last is believed',
    file: SITE,
    from: 'tonnes: Math.max(ours?.tonnes ?? 0, theirs.tonnes),',
    to: 'tonnes: theirs.tonnes,',
    tests: [SITES],
  },
  {
    guarantee: 'a build is complete when everything is there',
    fault: 'the flag is enough',
    file: SITE,
    from: 'return depot.isComplete && isAllThere',
    to: 'return depot.isComplete',
    tests: [SITES],
  },
  {
    guarantee: '0.9997 is not 100 %',
    fault: 'shares are rounded',
    file: SITE,
    from: 'Math.floor(share * 10_000 + 1e-9) / 100',
    to: 'Math.round(share * 100)',
    tests: [SITES],
  },
  {
    guarantee: 'the hold of a carrier is its list with what was moved after it',
    fault: 'what the list has counted is counted again',
    file: 'src/domain/colonisation/book/hold.ts',
    from: 'all.filter(({ atS }) => atS > list.atS)',
    to: 'all',
    tests: [CARRIERS],
  },
  {
    guarantee: 'what one build has too much of helps no other',
    fault: 'it does',
    file: 'src/domain/colonisation/supply/shopping-list.ts',
    from: 'good.provided += Math.min(provided, required);',
    to: 'good.provided += provided;',
    tests: [SHOPPING],
  },
  {
    guarantee: 'construction sites never sell',
    fault: 'they are asked, too',
    file: 'src/domain/colonisation/supply/supply.ts',
    from: 'return !isConstruction({',
    to: 'return name.length > 0 || isConstruction({',
    tests: ['test/unit/colonisation-sellers.test.ts', 'test/contract/sqlite-queries.test.ts'],
  },
  {
    guarantee: 'read anew, what journals do not tell any more is forgotten',
    fault: 'it is joined with what was known',
    file: SITE,
    from: 'before.deliveries.filter(({ fid }) => !fids.has(fid))',
    to: 'before.deliveries.filter(() => true)',
    tests: ['test/unit/journal-reload.test.ts'],
  },
  {
    guarantee: 'a database of an older version loses nothing',
    fault: 'its ports are forgotten',
    file: 'src/domain/colonisation/book/kept.ts',
    from: "typeof portAtS === 'number'",
    to: "typeof portAtS === 'string'",
    tests: ['test/unit/journal-reload.test.ts'],
  },
  {
    guarantee: 'a depot event that differs from the last one is read',
    fault: 'any is taken for a repeat',
    file: 'src/infra/journal/journal-file.ts',
    from: 'hasTail(text, from, to, this.#depot)',
    to: 'name === DEPOT',
    tests: ['test/unit/journal-plain-lines.test.ts'],
  },
  {
    guarantee: 'a plan buys no more from a seller than there is',
    fault: 'what is needed is taken, whatever the stock',
    file: FILL,
    from: 'Math.min(problem.capacity - tonnes, needs[good] ?? 0, stock, most);',
    to: 'Math.min(problem.capacity - tonnes, needs[good] ?? 0, most);',
    tests: [PLAN],
  },
  {
    guarantee: 'a plan is about as quick as any there is',
    fault: 'the first one is kept',
    file: 'src/domain/colonisation/supply/plan-supply.ts',
    from: 'if (secondsOf(now) < secondsOf(best)) best = now;',
    to: 'best = first;',
    tests: [PLAN],
  },
  {
    guarantee: 'half a line waits until it is whole',
    fault: 'what is there is taken for a line',
    file: 'src/infra/journal/journal-file.ts',
    from: 'if (isSuperseded && parseEvent(rest) !== null)',
    to: 'if (rest.length > 0)',
    tests: [FOLDER],
  },
  {
    guarantee: 'what is told of a file counts when it was taken',
    fault: 'a stop between reading and taking loses a part of a file',
    file: READER,
    from: '            take(told);\n',
    to: '            signal.throwIfAborted();\n            take(told);\n',
    tests: [FOLDER],
  },
  {
    guarantee: 'a file that was renamed is not read again',
    fault: 'a name that is new is a new file',
    file: READER,
    from: 'if (position !== undefined && position !== null) files.set',
    to: 'if (position === null) files.set',
    tests: [FOLDER],
  },
  {
    guarantee: 'how far was read is kept only when what was read is',
    fault: 'it is kept whatever the database says',
    file: 'src/actors/journal-watcher/pool.ts',
    from: 'if (isKept) await this.#keepPositions(true);',
    to: 'await this.#keepPositions(isKept || true);',
    tests: [WATCHERS],
  },
  {
    guarantee: 'what is sent of a journal is what is used of it',
    fault: 'whole lines are sent',
    file: 'src/domain/colonisation/reading/sent-lines.ts',
    from: 'const text = stripped(event, fields);',
    to: 'const text = fields && line;',
    tests: [SENT],
  },
  {
    guarantee: 'a part from the middle of a file begins with whose it is and where he is',
    fault: 'it begins with its first line',
    file: 'src/domain/colonisation/reading/sent-lines.ts',
    from: '[...opening(line), line.text]',
    to: '[...opening(line).slice(0, 0), line.text]',
    tests: [SENT],
  },
  {
    guarantee: 'pages of other servers open no WebSocket',
    fault: 'anybody may',
    file: 'src/infra/http/guard.ts',
    from: 'const isChecked = ownPagesOnly || ',
    to: 'const isChecked = (ownPagesOnly && false) || ',
    tests: [ASSISTANT],
  },
  {
    guarantee: 'what the game repeats is told to nobody',
    fault: 'being seen again is a change',
    file: 'src/infra/http/routes/assistant/changes.ts',
    from: ' || (was !== undefined && isOnlySeenAgain(was, site))',
    to: ' || (was !== undefined && !isOnlySeenAgain(was, was))',
    tests: ['test/unit/assistant-changes.test.ts'],
  },
  {
    guarantee: 'nothing of a part that is refused counts',
    fault: 'lines before the wrong one do',
    file: 'src/infra/http/routes/journal.ts',
    from: 'if (error instanceof SentLineError) return refuse',
    to: 'await inbox.receive("", 0, received.findings);\n        if (error instanceof SentLineError) return refuse',
    tests: [INBOX],
  },
  {
    guarantee: 'what was sent counts as sent when it is in the database of the other side',
    fault: 'an answer that says no is passed over',
    file: 'src/infra/journal/upload.ts',
    from: "if (status >= 500 || FOR_NOW.has(status)) throw new AppError('unavailable', message);",
    to: 'if (status >= 500) return;',
    tests: [INBOX],
  },
  {
    guarantee: 'two daemons join what they have read',
    fault: 'what the other has kept is passed over',
    file: 'src/actors/journal-watcher/keeper.ts',
    from: 'else book.take([kept]);',
    to: 'else void kept;',
    tests: [WATCHERS],
  },
];
