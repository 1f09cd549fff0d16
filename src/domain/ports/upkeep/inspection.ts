/** An actor of the running system. Its id is the path of names from the root: a restarted actor keeps it. */
export interface InspectedActor {
  readonly id: string;
  readonly parent: string | null;
  readonly name: string;
  /** Whose statechart it is; null for an actor that is no machine. */
  readonly machine: string | null;
  /** Of the ones that are no machine: the slot it was started from. */
  readonly source: string | null;
  readonly status: 'active' | 'done' | 'error' | 'stopped';
  /** Dotted paths of the innermost states it is in. */
  readonly states: readonly string[];
  /** When these states were entered, milliseconds since the epoch; null: before the inspection began. */
  readonly sinceMs: number | null;
  /** The transitions taken last, as `transitionId` of the chart names them. */
  readonly transitions: readonly string[];
  /** What caused them. */
  readonly cause: string | null;
  /** 1 for the first actor seen under this id. */
  readonly incarnation: number;
}

interface Recorded {
  /** Counts up by one a record. */
  readonly seq: number;
  readonly atMs: number;
}

/** An event on its way between two actors. */
export interface InspectedEvent extends Recorded {
  readonly kind: 'event';
  /** Null: from outside of the system's actors. */
  readonly from: string | null;
  readonly to: string;
  readonly type: string;
  /** Its payload in one short line. */
  readonly detail: string;
}

/** An actor that took a transition, started or ended: as it is afterwards. */
export interface InspectedChange extends Recorded {
  readonly kind: 'change';
  readonly actor: InspectedActor;
  /** Its states before; null at its start. */
  readonly before: readonly string[] | null;
}

export type InspectionRecord = InspectedEvent | InspectedChange;

/** The station pool in numbers. */
export interface PoolCounters {
  /** Stations with work in flight, by state. */
  readonly states: Readonly<Record<string, number>>;
  /** Of them, the ones that wait in the writer's queue. */
  readonly queued: number;
  /** The account since the start of the program, and what it holds now. */
  readonly totals: Readonly<Record<string, number>>;
}

/** A look into the running system. Observing is cheap, bounded and cannot fail; {@link close} ends it. */
export interface Inspection {
  /** Parents before their children. */
  actors(): InspectedActor[];
  /** The last records, oldest first: a bounded number. */
  recent(): InspectionRecord[];
  pool(): PoolCounters;
  /** An actor's context (or input, output, error), large values and secrets left out; undefined: no such actor. */
  context(actorId: string): unknown;
  readonly followed: number | null;
  /** Observes the stations of one market, present and later ones; null: none. */
  follow(marketId: number | null): void;
  /** Called synchronously for every record. @returns ends the subscription */
  subscribe(listener: (record: InspectionRecord) => void): () => void;
  close(): void;
}
