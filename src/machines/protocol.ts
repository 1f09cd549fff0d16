/**
 * Events that cross machines. Facts are `noun.pastVerb`, commands `noun.verb`; `stop` always means: finish what you
 * hold, then end in a final state.
 */

/** Ends an actor in order. The listener closes the feed, the writer drains its queue, the exporter drops its file. */
export interface StopEvent {
  readonly type: 'stop';
}

/** Station pool -> listener: too much is in flight. */
export type FlowEvent = { readonly type: 'flow.pause' } | { readonly type: 'flow.resume' };

/** Supervisor -> users of the database, around a maintenance window. The feed goes on. */
export type QuiesceEvent = { readonly type: 'database.quiesce' } | { readonly type: 'database.release' };

/** User of the database -> maintenance window: nothing of it is at work there, nor will be until the release. */
export interface QuietEvent {
  readonly type: 'database.quiet';
  readonly user: string;
}

/** Configuration -> maintenance window: look again. */
export interface SettingsChangedEvent {
  readonly type: 'settings.changed';
}

/** Configuration -> exporter, updater: from the next time on. */
export interface IntervalEvent {
  readonly type: 'interval.changed';
  readonly intervalMs: number;
}

/** Station pool -> writer. */
export type WorkEvent = { readonly type: 'work.available' } | { readonly type: 'work.batchFull' };

/** Station pool -> exporter, outbox: rows are in the database. */
export interface MarketWrittenEvent {
  readonly type: 'market.written';
}

/** Who asks over the socket -> exporter, updater: not at the next time, but now. */
export interface PublishNowEvent {
  readonly type: 'publish.now';
}

/** Who asks over the socket -> updater: a dump of theirs waits to be imported. */
export interface ImportNowEvent {
  readonly type: 'import.now';
}

/** Who asks over the socket -> leadership: let another daemon lead. */
export interface YieldEvent {
  readonly type: 'leadership.yield';
}

/** Leadership -> guardians of what is elected: work, or end and wait. */
export type ElectionEvent = { readonly type: 'leadership.gained' } | { readonly type: 'leadership.lost' };

/** Feed -> listener. `feed.heard` is sent once a batch. */
export type FeedEvent =
  | { readonly type: 'feed.connected' }
  | { readonly type: 'feed.heard' }
  | { readonly type: 'feed.ended' }
  | { readonly type: 'feed.failed'; readonly error: string }
  | { readonly type: 'feed.closed' };

/** Station pool -> supervisor: a finite feed's last snapshot has been settled. */
export interface StationsSettledEvent {
  readonly type: 'stations.settled';
}

/** Maintenance window (or an operator) -> supervisor. */
export type MaintenanceEvent = { readonly type: 'maintenance.begin' } | { readonly type: 'maintenance.end' };

export interface Failure {
  /** `setup`: an operator must change something (exit 2); `crash`: a component failed (exit 1). */
  readonly kind: 'setup' | 'crash';
  readonly reason: string;
}

/** With what a guarded child ends: null when it has simply finished. */
export interface ChildOutput {
  readonly failure: Failure | null;
}
