import type { SystemReport } from '../../actors/observing/status.ts';
import { fillable, type DayReport } from '../../domain/eddn/heard.ts';
import type { ActorReport } from '../../actors/observing/actor-board.ts';

/** What `/status` tells, as far as it is read here. */
export interface Told extends Omit<SystemReport, 'leadership'> {
  /** Absent: an older daemon tells it. */
  readonly leadership?: SystemReport['leadership'];
  readonly version: string;
  readonly uptimeS: number;
  /** Absent: an older daemon tells it. */
  readonly relay?: { readonly messages: number; readonly connections: number } | null;
  /** Absent: an older daemon tells it. */
  readonly days?: readonly DayReport[];
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly ageS: number }[];
}

const DAY_S = 86_400;

const GUARDIAN = 'guardian of ';

/** A daemon's status for a person to read. */
export function statusLines(told: Told, nowMs: number): string[] {
  const {
    version,
    uptimeS,
    notReady,
    totals,
    held,
    markets,
    newestSnapshot,
    database,
    files,
    actors,
    relay,
    days,
    history,
    leadership = null,
  } = told;
  const ago = (iso: string) => `${length((nowMs - Date.parse(iso)) / 1000)} ago`;
  const rows: (readonly [string, string])[] = [
    ['running', `version ${version}, for ${length(uptimeS)}`],
    [
      'messages',
      `${number(totals.received)} received (${rate(totals.received, uptimeS)}), ${number(totals.accepted)} markets, ` +
        `${number(sum(totals.rejected))} refused` +
        (newestSnapshot === null ? '' : `; newest market ${ago(newestSnapshot.receivedAt)}`),
    ],
    [
      'written',
      `${number(totals.written)} markets (${rate(totals.written, uptimeS)}) of ${number(totals.writtenRows)} rows, ` +
        `${number(totals.stale)} stale, ${number(totals.superseded)} superseded`,
    ],
    [
      'waiting',
      `${number(held)} in memory, ${number(markets.spooled)} in the spool; ` +
        `${number(markets.parked)} parked until their system is known`,
    ],
    ...(relay === null || relay === undefined
      ? []
      : [
          [
            'passed on',
            `${number(relay.messages)} messages; ${number(relay.connections)} consumers connected`,
          ] as const,
        ]),
    ...(leadership === null ? [] : [['leads', leaderLine(leadership, ago)] as const]),
    ['database', database === null ? 'not counted yet: ask again' : databaseLine(database, nowMs)],
    ...(days === undefined ? [] : dayLines(days)),
    ...(history === null ? [] : [['history', historyLine(history)] as const]),
    ...files.map(({ name, bytes, ageS }) => [name, `${length(ageS)} old, ${number(bytes)} bytes`] as const),
    ...nextDue(told, nowMs),
  ];
  const children = actors.filter(({ name }) => !name.startsWith(GUARDIAN));
  for (const actor of children) rows.push([actor.name, actorLine(actor, actors, ago)]);
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    notReady.length === 0 ? 'ready' : `not ready: ${notReady.join('; ')}`,
    ...rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`),
  ];
}

function leaderLine(
  { leads, leader }: NonNullable<Told['leadership']>,
  ago: (iso: string) => string,
): string {
  if (leader === null) return 'nobody that this daemon knows of';
  const { name, url, since } = leader;
  return `${leads ? 'this daemon' : `${name}, at ${url}`}, since ${since} (${ago(since)})`;
}

function databaseLine(database: NonNullable<Told['database']>, nowMs: number): string {
  const { totalRows, stations, liveRows, liveStations, implausibleMarkets, newestAtS } = database;
  const newest = newestAtS === null ? '' : `; newest observed ${length(nowMs / 1000 - newestAtS)} ago`;
  const odd =
    implausibleMarkets === null || implausibleMarkets === 0
      ? ''
      : `; ${number(implausibleMarkets)} with implausible prices`;
  return (
    `${number(totalRows)} rows of ${number(stations)} stations, live ${number(liveRows)} of ` +
    `${number(liveStations)}${newest}${odd}`
  );
}

/** Which days are whole, and what would fill the others. @param days as `reportDays` gives them */
export function dayLines(days: readonly DayReport[]): [string, string][] {
  const gaps = fillable(days);
  const [first, last] = [gaps[0], gaps.at(-1)];
  const today = days.at(-1);
  const past = days.slice(0, -1);
  const missing = gaps.map(
    ({ day, missingS }) => `${day} (${missingS === DAY_S ? 'all' : length(missingS)})`,
  );
  const lacks = today === undefined || today.missingS === 0 ? '' : `; of today ${length(today.missingS)}`;
  const whole = `${past.length - gaps.length} of the last ${past.length} are whole`;
  return [
    ['days', `${whole}${missing.length === 0 ? '' : `; missing: ${missing.join(', ')}`}${lacks}`],
    ...(first === undefined || last === undefined
      ? []
      : [['', `tdl backfill --from ${first.day} --to ${last.day} fills them`] as [string, string]]),
  ];
}

function historyLine({ running, whole, others, bytes }: NonNullable<Told['history']>): string {
  if (running === null) return 'not begun yet';
  const spans = whole.map(({ from, to }) => (from === to ? from : `${from} to ${to}`));
  const { day, changes, gap } = running;
  return [
    `${day} runs, ${number(changes)} changes${gap === null ? '' : ` (not whole: ${gap})`}`,
    `whole ${spans.length === 0 ? 'none' : spans.join(', ')}`,
    ...others.map((other) => `${other.day} not whole: ${other.why}`),
    `${(bytes / 2 ** 20).toFixed(1)} MiB`,
  ].join('; ');
}

/** The timers an operator plans by. */
function nextDue({ actors, maintenance }: Told, nowMs: number): [string, string][] {
  const timer = (name: string, wanted: string) =>
    actors.find((actor) => actor.name === name)?.due.find((due) => due.timer === wanted)?.at ?? null;
  const due = [
    ['listings-live.csv', timer('exporter', 'exportInterval')],
    ['Spansh', timer('spansh-updater', 'checkInterval')],
    ['purge', maintenance.purge],
    ['database maintenance', maintenance.optimize],
  ] as const;
  const told = due.flatMap(([what, at]) =>
    at === null ? [] : [`${what} in ${length((Date.parse(at) - nowMs) / 1000)}`],
  );
  return told.length === 0 ? [] : [['next', told.join(', ')]];
}

/** With what its guardian knows: it is worth a word only when there was something to guard. */
function actorLine(
  { name, state, since, lastError }: ActorReport,
  actors: readonly ActorReport[],
  ago: (iso: string) => string,
): string {
  const guardian = actors.find((actor) => actor.name === `${GUARDIAN}${name}`);
  const restarts = guardian?.counters.restarts ?? 0;
  return [
    `${state}, since ${since} (${ago(since)})`,
    ...(restarts > 0 ? [`restarted ${restarts} times`] : []),
    ...(guardian !== undefined && !guardian.state.startsWith('up') ? [`guardian ${guardian.state}`] : []),
    ...(lastError?.active === true ? [lastError.message] : []),
  ].join('; ');
}

/** A length of time, in the unit in which it is best read. */
export function length(seconds: number): string {
  const s = Math.max(0, seconds);
  if (s < 100) return `${Math.round(s)} s`;
  if (s < 100 * 60) return `${Math.round(s / 60)} min`;
  if (s < 48 * 3600) return `${Math.round(s / 3600)} h`;
  return `${Math.round(s / 86_400)} days`;
}

/** On average since the start. */
function rate(count: number, seconds: number): string {
  return `${((60 * count) / Math.max(1, seconds)).toFixed(1)} a minute`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
