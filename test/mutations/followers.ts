import type { Mutation } from './mutation.ts';

const RAW_RELAY = 'test/integration/raw-relay.test.ts';
const DELTAS = 'test/contract/sqlite-deltas.test.ts';
const DELTAS_FILE = 'src/infra/publishing/deltas/deltas.ts';

/** Of those who follow what the daemon receives and writes. */
export const FOLLOWER_MUTATIONS: readonly Mutation[] = [
  {
    guarantee: 'a consumer behind the raw relay that takes nothing costs a bounded memory',
    fault: 'everything is kept for it',
    file: 'src/infra/feed/raw-relay.ts',
    from: 'sendHighWaterMark: 1_000,',
    to: 'sendHighWaterMark: 0,',
    tests: [RAW_RELAY],
  },
  {
    guarantee: 'what is passed on is what was received, all parts of it',
    fault: 'the first part is passed on',
    file: 'src/infra/feed/zmq-feed.ts',
    from: 'onReceived?.(parts);',
    to: 'onReceived?.([firstPart(parts)]);',
    tests: [RAW_RELAY],
  },
  {
    guarantee: 'a reader of deltas hears of markets that are empty now',
    fault: 'they are left out of the manifest',
    file: DELTAS_FILE,
    from: 'emptied: emptied.map(Number),',
    to: 'emptied: [],',
    tests: [DELTAS],
  },
  {
    guarantee: 'a delta begins where the last one ended',
    fault: 'it begins where the index says, although a later one was made',
    file: 'src/infra/publishing/deltas/shelf.ts',
    from: '...deltas.filter((delta) => delta.kind === kind).map(({ to }) => to),',
    to: '',
    tests: [DELTAS],
  },
  {
    guarantee: 'the full file tells the number of its own read',
    fault: 'it tells a number that was not reached yet',
    file: 'src/infra/store/sqlite/export/set.ts',
    from: 'const position = readLog(db)?.position ?? null;',
    to: 'const at = readLog(db)?.position; const position = at ? { ...at, seq: at.seq + 1 } : null;',
    tests: [DELTAS],
  },
  {
    guarantee: 'a delta with a manifest is whole',
    fault: 'the manifest is there before the files are',
    file: DELTAS_FILE,
    from: 'await commit();\n        await writeJson(join(directory, name), manifest);',
    to: 'await writeJson(join(directory, name), manifest);\n        await new Promise((resolve) => setTimeout(resolve, 300));\n        await commit();',
    tests: [DELTAS],
  },
  {
    guarantee: 'whoever has a full file from which no deltas lead on gets another one',
    fault: 'it stays as it is',
    file: DELTAS_FILE,
    from: 'if (base !== null && !isBase) await full.withdraw();',
    to: 'void [base, isBase];',
    tests: [DELTAS],
  },
];
