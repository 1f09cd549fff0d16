/**
 * Faults in every expression of the folders that are named, and their scores in the table of docs/testing.md:
 * `npm run stryker -- src/domain/market [more]`, without what is in folders below. `--every 4` tries twenty lines of every
 * eighty. What the table says of the faults that are left is kept.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { findMariadb } from './support/mariadb-binaries.ts';
import { MariadbServer } from './support/mariadb-server.ts';

const TABLE = fileURLToPath(new URL('../docs/testing.md', import.meta.url));
const HEAD = '| files | faults found | not found, and why |\n| --- | --- | --- |\n';

/**
 * The tests of a folder: a minute of tests that only pass through it would be run for every fault in it. Of contracts only
 * what has one of the words in its name, where there are any.
 */
const TESTS: readonly (readonly [folder: string, tests: string, words?: string])[] = [
  ['src/machines', 'test/model/machines test/unit/diagrams'],
  // Those on a standing clock: real folders are looked at every now and then.
  ['src/actors/journal-watcher', 'test/unit/{journal-life,journal-sender,told-to-operators}'],
  ['src/actors/station-coalescer', 'test/unit test/model/station-pool.oracle'],
  // The simulation passes through its rooms, too, and tells little of them.
  ['src/actors/*', 'test/unit test/simulation/{scripted,wiring}'],
  [
    'src/infra/store/mariadb/queries',
    'test/unit/mariadb-replica test/contract/mariadb-queries',
    'v12 questions (records|written)',
  ],
  ['src/infra/store/mariadb/leadership', 'test/unit/mariadb-leadership test/contract/mariadb-lease'],
  [
    'src/infra/store/mariadb/housekeeping',
    'test/unit/mariadb-patience test/contract/mariadb-store test/integration/mariadb-check-tool',
    'purge|order times|v12 galaxy guards|v12 galaxy tables',
  ],
  [
    'src/infra/store/mariadb/export',
    'test/unit/mariadb-at-replica test/contract/mariadb-store',
    'v12 galaxy (published set|live)|changed listings|exports',
  ],
  [
    'src/infra/store/mariadb/markets',
    'test/contract/mariadb-store test/fault/mariadb-{refusals,held-rows}',
    'writes|order|identity|growth|plausibility',
  ],
  [
    'src/infra/store/mariadb/galaxy',
    'test/contract/mariadb-store',
    'v12 galaxy (imports|guards|tables|learning)|changes|order times|identity|on the move',
  ],
  [
    'src/infra/store/mariadb',
    'test/unit/mariadb-* test/contract/mariadb-{store,schema} test/fault/mariadb-{refusals,held-rows}',
    'schema|writes|journals|tokens|aggregates|purge|life|changes|a database on|small packets',
  ],
  ['src/infra/store/sqlite/queries', 'test/contract/sqlite-{asked-file,queries}'],
  [
    'src/infra/store/sqlite/markets',
    'test/contract/sqlite-store',
    'writes|order|identity|growth|plausibility',
  ],
  [
    'src/infra/store/sqlite/galaxy',
    'test/contract/sqlite-{store,galaxy}',
    'v12 galaxy (imports|guards|tables|learning)|changes|order times|identity|on the move',
  ],
  [
    'src/infra/store/sqlite',
    'test/unit/sqlite-* test/contract/sqlite-{store,threads,galaxy,schema,file}',
    '^(?!.*(v13|growth|in any order|changed listings))',
  ],
  ['src/infra/store/shared/queries', 'test/unit/{query-*,hops} test/contract/sqlite-queries', 'v12'],
  [
    'src/infra/store/shared',
    'test/unit/store-* test/contract/sqlite-{store,galaxy,schema}',
    '^(?!.*(v13 galaxy learning|growth|in any order|changed listings))',
  ],
  ['src/infra/spool', 'test/integration/{spool,spool-bytes}'],
  ['src/infra/edcd', 'test/unit/{edcd-reference,seed-commodities} test/integration/edcd*'],
  ['src/infra/publishing', 'test/unit test/integration/{publish,published-set,mirror,demote-published}'],
  ['src/infra/http/routes/ardent', 'test/contract/sqlite-queries', 'v12 questions Ardent'],
  [
    'src/infra/http/routes/v1',
    'test/integration/http-{history,tags} test/contract/sqlite-queries',
    'v12 questions (API|map|tags|tours)',
  ],
  [
    'src/infra/http/api',
    'test/unit test/integration/http-{guard,tags} test/contract/sqlite-queries',
    'v12 questions (API|map|tags|Ardent)',
  ],
  ['src/infra/http/files', 'test/integration/http-{files,conditions}'],
  [
    'src/infra/http',
    'test/unit test/integration/http-{guard,limits,routes,operate,tours,conditions,refusals,tags}',
  ],
  // Elsewhere their tables are loaded once more: then they count as tried.
  ['src/domain/galaxy/stations', 'test/unit/{station-*,galaxy-searches}'],
  [
    'src/domain/*',
    'test/unit/{active-hours,arguments,errors,names,now,seeded-random,store-items,store-reference-tables,scout-tours,texts,timestamp}',
  ],
  // Folders and daemons read journals, too, which tells nothing sooner.
  ['src/domain/journal', 'test/unit/journal-events'],
  // A search that goes wrong takes its time: what tells it at once comes first there.
  ['src/domain/tours/vrp', 'test/unit/tour-solver'],
  ['src/domain/tours/strategies', 'test/unit/tour-partitions'],
  ['src/domain/colonisation/supply', 'test/unit/colonisation-{plan,shopping,sellers}'],
  [
    'src/domain/colonisation',
    'test/unit/{colonisation-{sites,carriers,book,galaxy,places},journal-{sent,reading,owner}}',
  ],
  ['src', 'test/unit'],
];

type Options = ConstructorParameters<typeof Stryker>[0];
type Faults = Awaited<ReturnType<Stryker['runMutationTest']>>;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { every: { type: 'string', default: '1' } },
});
const folders = positionals.map((folder) => relative('.', folder));
const every = Number(values.every);
if (folders.length === 0) throw new Error('no folder: npm run stryker -- src/domain/market');

for (const folder of folders) {
  const [, tests, words] = TESTS.find(([start]) => isOf(folder, start)) ?? [];
  process.env.TDL_STRYKER_TESTS = tests;
  process.env.TDL_STRYKER_WORDS = words ?? '';
  // One server for all faults, and what a fault leaves behind in it.
  const server = folder.startsWith('src/infra/store/mariadb') ? await startMariadb() : undefined;
  process.env.TDL_STRYKER_MARIADB = server?.folder ?? '';
  const faults = folder.startsWith('src/machines/')
    ? await machinesIn(folder)
    : await tried(folder, sampleOf(`${folder}/*.ts`));
  await server?.destroy();
  const count = (...statuses: readonly string[]) =>
    faults.filter(({ status }) => statuses.includes(status)).length;
  const found = count('Killed', 'Timeout');
  const all = found + count('Survived', 'NoCoverage');
  const of = every === 1 ? `${all}` : `${all}, twenty lines of every ${20 * every}`;
  writeRow(folder, all === 0 ? 'none to find' : `${Math.floor((100 * found) / all)} % of ${of}`);
}

/** @param start a folder with those below it, or `folder/*` */
function isOf(folder: string, start: string): boolean {
  return `${folder}/*` === start || `${folder}/`.startsWith(`${start}/`);
}

/** Machines are made while their modules are loaded: each has its faults tried by its own model test, and those, too. */
async function machinesIn(folder: string): Promise<Faults> {
  const faults: Faults = [];
  for (const file of globSync(`${folder}/*.machine.ts`)) {
    process.env.TDL_TEST_MACHINE = basename(file, '.machine.ts');
    // Setups and replay are no tests: Stryker does not see that they change.
    faults.push(...(await tried(file, sampleOf(file), { ignoreStatic: false, incremental: false })));
  }
  return faults;
}

/** Of large folders with slow tests a part says what the whole would. */
function sampleOf(files: string): string[] {
  if (every === 1) return [files];
  const blocks = globSync(files).flatMap((file) => {
    const lines = readFileSync(file, 'utf8').split('\n').length;
    return Array.from({ length: Math.ceil(lines / 20) }, (_, i) => `${file}:${20 * i + 1}-${20 * i + 20}`);
  });
  return blocks.filter((_, i) => i % every === 0);
}

function tried(name: string, mutate: string[], options: Options = {}): Promise<Faults> {
  return new Stryker({
    mutate,
    incremental: every === 1,
    // What runs in threads is imported by no test.
    vitest: { configFile: 'test/stryker.vitest.ts', related: !/^src\/infra\/(store|spool)\//.test(name) },
    incrementalFile: `node_modules/.cache/stryker/${name}.json`,
    ...options,
  }).runMutationTest();
}

async function startMariadb(): Promise<MariadbServer> {
  const binaries = await findMariadb();
  if (binaries === undefined) throw new Error('no MariaDB');
  const server = new MariadbServer(binaries);
  await server.create();
  return server;
}

function writeRow(folder: string, score: string): void {
  const text = readFileSync(TABLE, 'utf8');
  const start = text.indexOf(HEAD) + HEAD.length;
  const end = text.indexOf('\n\n', start);
  const rows = text.slice(start, end).split('\n');
  const nameOf = (row: string) => row.split('`')[1] ?? '';
  const why = rows.find((row) => nameOf(row) === folder)?.split(' | ')[2] ?? '|';
  const others = rows.filter((row) => nameOf(row) !== folder);
  const sorted = [...others, `| \`${folder}\` | ${score} | ${why}`].sort((a, b) =>
    nameOf(a) < nameOf(b) ? -1 : 1,
  );
  writeFileSync(TABLE, text.slice(0, start) + sorted.join('\n') + text.slice(end));
}
