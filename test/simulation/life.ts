import { Now } from '../../src/domain/now.ts';
import type { AnyActorRef } from 'xstate';
import type { SystemPorts } from '../../src/actors/child.ts';
import { createSystem, type System } from '../../src/actors/system.ts';
import type { Log } from '../../src/domain/ports/log.ts';
import type { SupervisorOutput } from '../../src/machines/supervision/supervisor.machine.ts';
import { ProcessTime } from '../support/virtual-time.ts';
import { createFakeDeltas } from './fake-deltas.ts';
import { createFakeMaintenance } from './fake-maintenance.ts';
import { createFakeSpansh } from './fake-spansh.ts';
import { createFakeStore } from './fake-store.ts';
import {
  createFakeCommodities,
  createFakeDecoder,
  createFakeFeed,
  createFakeListing,
  createFakeLog,
  createFakeSpool,
} from './fakes.ts';
import { messageOf } from './frames.ts';
import type { Message } from './messages.ts';
import type { World } from './world.ts';

/** A message that staging let through, and when. */
export interface Acceptance {
  readonly message: Message;
  readonly atMs: number;
}

/** One life of the daemon: the real system on fake ports. */
export interface Life {
  readonly time: ProcessTime;
  readonly system: System;
  readonly accepted: readonly Acceptance[];
  readonly feed: { readonly open: boolean };
  readonly log: Log;
  readonly listing: { readonly staged: number };
  /** Every actor that was ever started, but for the stations. */
  readonly actors: ReadonlySet<AnyActorRef>;
  ended: SupervisorOutput | null;
}

/** @param change puts others in the place of some ports */
export function startLife(world: World, change = (ports: SystemPorts) => ports): Life {
  world.maintained = false;
  world.databaseUsers = new Set();
  const time = new ProcessTime(world.clock, () => world.clockErrorMs);
  const now = new Now(time, world.provenMs);
  const store = createFakeStore(world, time, now);
  const feed = createFakeFeed(world, time);
  const listing = createFakeListing(world, time);
  const log = createFakeLog(world);
  const system = createSystem(
    change({
      feed,
      decoder: createFakeDecoder(world, time),
      store,
      spool: createFakeSpool(world, time),
      commodities: createFakeCommodities(world, time),
      liveListing: listing,
      deltaPublisher: createFakeDeltas(world, time),
      spanshUpdater: createFakeSpansh(world, time),
      maintenanceWindow: createFakeMaintenance(world, time),
      historian: null,
      lease: null,
      outbox: null,
      mirror: null,
      log,
      time,
      now,
      random: world.random.fork().next,
    }),
    world.scenario.settings,
  );

  const accepted: Acceptance[] = [];
  const countStaged = system.ledger.countStaged.bind(system.ledger);
  system.ledger.countStaged = (batch) => {
    const messages = [
      ...batch.snapshots.map((snapshot) => messageOf(world, snapshot)),
      ...batch.unresolved.map(({ message }) => world.messages[Number(message)]!),
    ];
    accepted.push(...messages.map((message) => ({ message, atMs: world.clock.now() })));
    return countStaged(batch);
  };
  const actors = new Set<AnyActorRef>([system.root]);
  system.root.system.inspect((event) => {
    if (event.type === '@xstate.actor') actors.add(event.actorRef as AnyActorRef);
  });

  const life: Life = { time, system, accepted, feed, log, listing, actors, ended: null };
  void system.done.then((output) => (life.ended = output));
  world.inMaintenance = () => system.root.getSnapshot().hasTag('quiesced');
  world.note('started');
  system.start();
  return life;
}
