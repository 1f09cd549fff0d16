import type { AnyActorRef, AnyEventObject, AnyStateMachine } from 'xstate';
import type { Now } from '../domain/now.ts';
import type { CommoditySource } from '../domain/ports/galaxy/commodity-source.ts';
import type { DeltaPublisherPorts } from '../domain/ports/publishing/delta-publisher.ts';
import type { Decoder, Feed } from '../domain/ports/market/feed.ts';
import type { OutboxPorts } from '../domain/ports/publishing/broker.ts';
import type { HistorianPorts } from '../domain/ports/publishing/history.ts';
import type { LearningStore } from '../domain/ports/store/learning-store.ts';
import type { Log } from '../domain/ports/log.ts';
import type { MaintenanceWindowPorts } from '../domain/ports/upkeep/maintenance-window.ts';
import type { Lease } from '../domain/ports/upkeep/leadership.ts';
import type { Mirror } from '../domain/ports/publishing/mirror.ts';
import type { MarketStore } from '../domain/ports/store/market-store.ts';
import type { PublicFile } from '../domain/ports/publishing/publishing.ts';
import type { SpanshUpdaterPorts } from '../domain/ports/galaxy/spansh-updater.ts';
import type { Spool } from '../domain/ports/market/spool.ts';
import type { Time } from '../domain/ports/time.ts';
import type { Random } from '../machines/backoff.ts';
import type { MaintenanceEvent } from '../machines/protocol.ts';
import type { ChildName } from '../machines/supervision/supervisor.machine.ts';
import type { CatalogueHolder } from './catalogue/holder.ts';
import type { Elected } from './leadership/elected.ts';
import type { SystemSettings } from './settings.ts';
import type { Ledger } from './station-coalescer/ledger.ts';
import type { StationPool } from './station-coalescer/pool.ts';
import type { SpoolKeeper } from './station-coalescer/spool-keeper.ts';
import type { Learner } from './writer/learner.ts';

/** A guarded child as the wiring sees it; `actors/<machine>/child.ts` makes it. */
export interface Child {
  /** On its I/O. It takes `stop` and ends; what else it is does not concern its guardian. */
  readonly machine: AnyStateMachine;
  readonly input: object;
  /**
   * It works on the database, and is told of maintenance windows (`database.quiesce`, `database.release`). Either it
   * answers `database.quiet`, and a window waits for that; or it keeps every window closed while it has the tag
   * `updating`.
   */
  readonly database?: { readonly saysQuiet: boolean };
  /** `elected`: of several daemons on a database only in the one that leads; absent: everywhere. It begins anew each time. */
  readonly runs?: 'elected';
  /** Tells the present incarnation what those before it were told; called at every start, and when settings change. */
  readonly bringUpToDate?: () => void;
  /** After its end, whichever brought it: resolves when nothing of it is at work any more, and nothing is left half done. */
  readonly dispose?: () => Promise<void>;
}

/** Everything the system touches. Created by the caller (main, one-shots, tests); the supervisor closes it. */
export interface SystemPorts {
  readonly feed: Feed;
  readonly decoder: Decoder;
  readonly store: MarketStore & LearningStore;
  readonly spool: Spool;
  readonly commodities: CommoditySource;
  /** `listings-live.csv`. */
  readonly liveListing: PublicFile;
  readonly deltaPublisher: DeltaPublisherPorts;
  readonly spanshUpdater: SpanshUpdaterPorts;
  readonly maintenanceWindow: MaintenanceWindowPorts;
  /** Null: no history is kept. */
  readonly historian: HistorianPorts | null;
  /** Null: no other daemon shares the database. */
  readonly lease: Lease | null;
  /** Null: no broker is told. */
  readonly outbox: OutboxPorts | null;
  /** Null: none does. */
  readonly mirror: Mirror | null;
  readonly log: Log;
  readonly time: Time;
  readonly now: Now;
  readonly random: Random;
}

/** What children are made of: the ports, and what they share. */
export interface Parts extends SystemPorts {
  /** Those in force: rules count for the next message, intervals for the next time. */
  readonly settings: () => SystemSettings;
  readonly ledger: Ledger;
  readonly keeper: SpoolKeeper;
  readonly pool: StationPool;
  readonly learner: Learner;
  readonly catalogue: CatalogueHolder;
  /** Sends to the present incarnation of a child; nobody home is nothing lost: state is elsewhere. */
  readonly tell: (name: ChildName, event: AnyEventObject) => void;
  /** The present incarnation of a child; undefined: nobody home. */
  readonly present: (name: ChildName) => AnyActorRef | undefined;
  readonly elected: Elected;
  readonly tellSupervisor: (event: MaintenanceEvent) => void;
  /** The children that say when they are quiet. */
  readonly quietSayers: () => readonly ChildName[];
  /** Whether a child is at work that keeps maintenance windows closed. */
  readonly isUpdating: () => boolean;
}
