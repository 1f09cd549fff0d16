import type { SystemReport } from '../../actors/observing/status.ts';
import type { RelayCounts } from '../../infra/feed/raw-relay.ts';
import type { Metric } from '../../infra/http/routes/exposition.ts';

/** A published file as it lies there. */
export interface FileReport {
  readonly name: string;
  readonly bytes: number;
  readonly modified: string;
  readonly ageS: number;
}

type Samples = Metric['samples'];

export function gaugeOf(name: string, help: string, samples: Samples): Metric {
  return { type: 'gauge', name: `tdl_${name}`, help, samples };
}

export function buildInfo(version: string): Metric {
  const labels = { version, node: process.versions.node };
  return gaugeOf('build_info', 'Version of the program and of Node', [{ labels, value: 1 }]);
}

/** @param isReady `/ready` says so */
export function readiness(isReady: boolean): Metric {
  return gaugeOf('ready', '1 when it works and serves: see /ready', one(isReady ? 1 : 0));
}

export function listening(clients: number): Metric {
  return gaugeOf('listeners', 'Clients that are told what changes', one(clients));
}

/** What `/metrics` tells besides the process's own figures; docs/http.md lists the names. */
export function metricsOf(
  report: SystemReport & { readonly relay: RelayCounts | null },
  files: readonly FileReport[],
  version: string,
): Metric[] {
  const { totals, held, markets, actors, database, newestSnapshot, notReady } = report;
  const metrics: Metric[] = [buildInfo(version), readiness(notReady.length === 0)];
  const gauge = (...figure: Parameters<typeof gaugeOf>) => metrics.push(gaugeOf(...figure));
  const counter = (name: string, help: string, samples: Samples) =>
    metrics.push({ type: 'counter', name: `tdl_${name}_total`, help, samples });

  counter('messages_received', 'Messages read from the feed', one(totals.received));
  counter('messages_learned', 'Messages about the galaxy, not about a market', one(totals.learned));
  counter(
    'snapshots',
    'Whole markets, by what became of them',
    by('fate', {
      accepted: totals.accepted,
      restored: totals.restored,
      written: totals.written,
      stale: totals.stale,
      superseded: totals.superseded,
      spilled: totals.spilled,
      ever_parked: totals.everParked,
      parked_dropped: totals.parkedDropped,
    }),
  );
  counter('rows_written', 'Market rows written', one(totals.writtenRows));
  counter('rejected', 'Messages refused, by reason', by('reason', totals.rejected));
  counter('rejected_rows', 'Rows refused in accepted messages, by reason', by('reason', totals.rejectedRows));
  counter('deferrals', 'Writes put off: station locked or refused', one(totals.deferrals));
  gauge('snapshots_held', 'Snapshots in memory, without a fate yet', one(held));
  gauge('markets', 'Markets not settled, by where they are', by('place', { ...markets }));
  if (newestSnapshot !== null) {
    const atS = Date.parse(newestSnapshot.observedAt) / 1000;
    gauge('newest_observation_timestamp_seconds', 'Newest accepted observation', one(atS));
  }
  gauge(
    'actor_state',
    '1 for the state an actor is in',
    actors.map(({ name, state }) => ({ labels: { actor: name, state }, value: 1 })),
  );
  counter('actor_events', 'Events an actor received', each(actors, 'actor', 'events'));
  counter('actor_incarnations', 'Starts and restarts of an actor', each(actors, 'actor', 'incarnations'));
  if (database !== null) {
    const { totalRows, liveRows, stations, liveStations, implausibleMarkets } = database;
    gauge('database_rows', 'Market rows when last counted', by('kind', { all: totalRows, live: liveRows }));
    gauge(
      'database_stations',
      'Stations with rows when last counted',
      by('kind', { all: stations, live: liveStations }),
    );
    if (implausibleMarkets !== null) {
      gauge(
        'markets_implausible',
        'Markets with prices far from what is usual when last counted',
        one(implausibleMarkets),
      );
    }
  }
  if (report.relay !== null) {
    counter('relay_messages', 'Messages passed on to other consumers', one(report.relay.messages));
    gauge('relay_connections', 'Consumers that are connected', one(report.relay.connections));
  }
  if (report.history !== null) {
    const { whole, others, bytes } = report.history;
    const wholeDays = whole.reduce((sum, { from, to }) => sum + daysFrom(from, to), 0);
    gauge(
      'history_days',
      'Days of the history that are over, by whether they are whole',
      by('kind', { whole: wholeDays, other: others.length }),
    );
    gauge('history_bytes', 'Size of the files of the history', one(bytes));
  }
  gauge('file_age_seconds', 'Time since a published file changed', each(files, 'file', 'ageS'));
  gauge('file_bytes', 'Size of a published file', each(files, 'file', 'bytes'));
  return metrics;
}

/** Both counted. */
function daysFrom(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1;
}

function one(value: number): Samples {
  return [{ labels: {}, value }];
}

/** A sample a key. */
function by(label: string, values: Readonly<Record<string, number>>): Samples {
  return Object.entries(values).map(([key, value]) => ({ labels: { [label]: key }, value }));
}

/** A sample a named thing: one of its figures. */
function each<Figure extends string>(
  things: readonly ({ readonly name: string } & Readonly<Record<Figure, number>>)[],
  label: string,
  figure: Figure,
): Samples {
  return things.map((thing) => ({ labels: { [label]: thing.name }, value: thing[figure] }));
}
