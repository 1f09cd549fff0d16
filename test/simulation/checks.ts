import type { AnyActorRef } from 'xstate';
import { withoutFate } from '../../src/actors/station-coalescer/ledger.ts';
import type { Acceptance, Life } from './life.ts';
import { systemName } from './frames.ts';
import type { World } from './world.ts';

/** Beyond `maxLive`: what may be taken back from the spool while the pool fills up. */
const RELEASED_AT_ONCE = 700;

/** What must hold at any time. */
export function checkAlways(world: World, { system }: Life): void {
  const { held, pending, deferred } = system.reporter.gauges();
  const live = pending + deferred;
  if (live > world.scenario.settings.stations.maxLive + RELEASED_AT_ONCE)
    world.violated(`${live} snapshots in memory`);
  // While it stops the pool is emptied.
  if (!system.root.getSnapshot().hasTag('ready')) return;
  const lost = withoutFate(system.ledger.totals) - held;
  if (lost !== 0)
    world.violated(`${lost} snapshots unaccounted for: ${JSON.stringify(system.ledger.totals)}`);
}

/** Nothing has gone wrong for a while: everything must have arrived. */
export function checkCalm(world: World, life: Life | null): void {
  if (life === null) {
    world.violated('not running although nothing was wrong');
    return;
  }
  checkAlways(world, life);
  const { system } = life;
  const { pending, deferred, spooled } = system.reporter.gauges();
  if (pending + deferred + spooled > 0)
    world.violated(`still ${pending} pending, ${deferred} deferred, ${spooled} spooled`);
  const state = system.root.getSnapshot();
  if (!state.hasTag('ready')) world.violated(`the supervisor is ${JSON.stringify(state.value)}`);
  if (system.root.system.get('listener') === undefined) world.violated('the listener gave up');
  if (world.publishedListing !== world.liveListing()) world.violated('the listing is out of date');
  if (world.deltas.count === 0) world.violated('no delta was ever made');
  const { purgeEveryMs, clockErrorMs } = world.scenario;
  // A clock that was behind makes the next window come as much later.
  if (purgeEveryMs > 0 && clockErrorMs >= 0 && world.maintenances === 0) world.violated('never maintained');
  const { dump, dumpProgress } = world;
  const isDone = dumpProgress?.version?.etag === dump.etag && dumpProgress.stage === 'demoted';
  if (!isDone && !world.damagedDumps.has(dump.etag))
    world.violated(`dump ${dump.etag} of Spansh is not done: ${JSON.stringify(dumpProgress)}`);
  if (world.publishedSet === null && world.stations.size > 0) world.violated('a public file is missing');
  const last = world.stations.get(1)?.message;
  const probed = world.messages.findLast(({ marketId }) => marketId === 1);
  if (world.systems.has('System 1') && last !== probed) world.violated('the last message was not written');
  for (const system of world.visited)
    if (!world.systems.has(systemName(system))) world.violated(`system ${system} was not learned`);
  for (const { state: kept, entry } of world.spoolDisk.entries.values()) {
    if (kept !== 'parked' || world.systems.has(entry.systemName))
      world.violated(`market ${entry.marketId} is still ${kept}`);
  }
}

/** A daemon that has ended leaves nothing running. */
export function checkGone(world: World, { system, time, feed, listing, actors }: Life): void {
  const { pending, deferred } = system.reporter.gauges();
  const running = [...actors].filter((actor) => statusOf(actor) === 'active' && !isOrphan(actor));
  if (pending + deferred > 0) world.violated(`${pending + deferred} stations live on`);
  if (running.length > 0) world.violated(`${running.map(({ id }) => id).join()} lives on`);
  if (time.armed > 0) world.violated(`${time.armed} timers live on`);
  if (feed.open) world.violated('the feed is still open');
  if (listing.staged > 0) world.violated('a staged file was left');
}

/**
 * The newest observation of each market is in the database, or waits in the spool for its system, or was refused or
 * dropped for a reason that was counted.
 * @param safe what nobody may lose: accepted by a daemon that stopped in order, or long enough before a kill
 */
export function checkNothingLost(world: World, safe: readonly Acceptance[]): void {
  const { stations, systems, spoolDisk, refusedAtS, memory } = world;
  const newest = new Map<number, Acceptance>();
  for (const acceptance of safe) {
    const { marketId, observedAtS } = acceptance.message;
    const other = newest.get(marketId)?.message.observedAtS ?? -Infinity;
    if (observedAtS > other) newest.set(marketId, acceptance);
  }
  for (const { message, atMs } of newest.values()) {
    const { id, marketId, systemName, observedAtS } = message;
    const storedAtS = stations.get(marketId)?.message.observedAtS ?? -Infinity;
    const clearedAtS = memory.get(marketId)?.clear?.observedAtS ?? -Infinity;
    const settledAtS = Math.max(storedAtS, clearedAtS, refusedAtS.get(marketId) ?? -Infinity);
    const waits = !systems.has(systemName) && spoolDisk.entries.has(marketId);
    if (settledAtS >= observedAtS || waits || spoolDisk.dropped.has(marketId)) continue;
    const acceptedS = (atMs - world.scenario.startMs) / 1000;
    world.violated(
      `market ${marketId} lost message ${id} of ${observedAtS}, accepted at ${acceptedS} s; it has ${storedAtS}`,
    );
  }
}

function statusOf(actor: AnyActorRef): string {
  return (actor.getSnapshot() as { readonly status: string }).status;
}

/** XState leaves the children of a crashed machine running, and offers no way to stop them. */
function isOrphan({ _parent: parent }: AnyActorRef): boolean {
  return parent !== undefined && (statusOf(parent) === 'error' || isOrphan(parent));
}
