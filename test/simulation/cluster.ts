import { createActor, setup, type AnyActorRef } from 'xstate';
import type { Child, Parts } from '../../src/actors/child.ts';
import { createElected } from '../../src/actors/leadership/elected.ts';
import { createLeadership } from '../../src/actors/leadership/child.ts';
import { DEFAULT_SETTINGS } from '../../src/actors/settings.ts';
import { StoreError } from '../../src/domain/errors.ts';
import type { Claimed, Leader, Lease, Renewed } from '../../src/domain/ports/upkeep/leadership.ts';
import { guardianMachine } from '../../src/machines/supervision/guardian.machine.ts';
import type { ChildName } from '../../src/machines/supervision/supervisor.machine.ts';
import { SeededRandom } from '../support/random.ts';
import { ProcessTime, VirtualTime } from '../support/virtual-time.ts';

/** As the lease in the database has them. */
const LEASE_MS = 10_000;
const MARGIN_MS = 1_000;
const STATEMENT_TIMEOUT_MS = 3_000;

const DAEMONS = 3;
const TROUBLED_MS = 5 * 60_000;
const CALM_MS = 60_000;
/** What may pass until somebody leads who can. */
const MOVES_MS = 15_000;
const ELECTED = ['exporter', 'spansh-updater'] as const satisfies readonly ChildName[];

export interface ClusterReport {
  readonly violations: readonly string[];
  /** How many leaders there were. */
  readonly epochs: number;
  /** Work of a leader of the past that was refused. */
  readonly refused: number;
}

/** A process that may stand still: what was due meanwhile happens at once when it goes on, answers last. */
class FreezingTime extends ProcessTime {
  #frozen = false;
  #missed: (() => void)[] = [];

  override setTimeout(callback: () => void, delayMs: number): unknown {
    return super.setTimeout(() => (this.#frozen ? void this.#missed.push(callback) : callback()), delayMs);
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  freeze(): void {
    this.#frozen = true;
  }

  thaw(): void {
    this.#frozen = false;
    for (const callback of this.#missed.splice(0)) callback();
  }
}

/** What the database knows, on its own clock. */
class Database {
  leader: Leader = { epoch: 0, name: '', url: '', sinceS: 0 };
  holder: Daemon | null = null;
  untilMs = 0;
  refused = 0;
  /** Transactions of leaders that are open. */
  readonly open = new Set<{ readonly epoch: number; ended: boolean }>();
}

interface Daemon {
  readonly name: string;
  readonly time: FreezingTime;
  readonly leadership: AnyActorRef;
  readonly yieldNow: () => Promise<void>;
  /** Elected children at work that have not been told to end. */
  readonly atWork: Set<string>;
  /** Nothing has kept it from leading since. */
  wellSinceMs: number;
  isCut: boolean;
  isKilled: boolean;
}

/** Several daemons on one database, some of which are killed, frozen, cut off and asked to yield, for some minutes. */
export async function simulateCluster(
  seed: number,
  trace: (line: string) => void = () => undefined,
): Promise<ClusterReport> {
  const random = new SeededRandom(seed);
  const clock = new VirtualTime();
  const startMs = clock.now();
  const database = new Database();
  const violations: string[] = [];
  const note = (what: string) => trace(`${((clock.now() - startMs) / 1000).toFixed(3)} ${what}`);
  const daemons = new Map<number, Daemon>();
  const start = (index: number) =>
    daemons.set(index, startDaemon(`daemon${index}`, { clock, random, database, note }));
  for (let index = 0; index < DAEMONS; index++) start(index);

  const isWell = ({ isCut, isKilled, time }: Daemon) => !isCut && !isKilled && !time.frozen;
  let ledMs = clock.now();
  const check = () => {
    const working = [...daemons.values()].filter(
      ({ atWork, isKilled, time }) => atWork.size > 0 && !isKilled && !time.frozen,
    );
    if (working.length > 1) violations.push(`${working.map(({ name }) => name).join(' and ')} lead at once`);
    const leads = [...daemons.values()].some((daemon) => isWell(daemon) && daemon.atWork.size > 0);
    if (leads) ledMs = clock.now();
    const could = [...daemons.values()].find(
      (daemon) => isWell(daemon) && clock.now() - Math.max(ledMs, daemon.wellSinceMs) > MOVES_MS,
    );
    if (could === undefined) return;
    violations.push(`nobody leads, although ${could.name} could for ${MOVES_MS} ms`);
    ledMs = clock.now();
  };
  const runUntil = async (untilMs: number) => {
    await clock.advance(0);
    while (clock.nextDueMs <= untilMs) {
      await clock.fireNext();
      check();
    }
    await clock.advance(untilMs - clock.now());
  };

  while (clock.now() - startMs < TROUBLED_MS) {
    await runUntil(clock.now() + random.between(0, 20_000));
    const index = random.integer(0, DAEMONS - 1);
    const daemon = daemons.get(index)!;
    const harm = random.pick(['kill', 'freeze', 'cut', 'yield'] as const);
    if (!isWell(daemon)) continue;
    note(`${harm} ${daemon.name}`);
    const lastsMs = random.between(0, 40_000);
    const later = (act: () => void) => clock.setTimeout(act, lastsMs);
    if (harm === 'kill') {
      daemon.isKilled = true;
      daemon.time.kill();
      later(() => start(index));
    } else if (harm === 'freeze') {
      daemon.time.freeze();
      later(() => {
        daemon.wellSinceMs = clock.now();
        daemon.time.thaw();
      });
    } else if (harm === 'cut') {
      daemon.isCut = true;
      later(() => {
        daemon.wellSinceMs = clock.now();
        daemon.isCut = false;
      });
    } else {
      // It leaves it to others for a while.
      daemon.wellSinceMs = clock.now() + DEFAULT_SETTINGS.leadership.restMs;
      void daemon.yieldNow().catch(() => undefined);
    }
  }
  await runUntil(clock.now() + CALM_MS);
  const leading = [...daemons.values()].filter(({ atWork }) => atWork.size === ELECTED.length);
  if (leading.length !== 1) violations.push(`${leading.length} lead when all is well`);
  return { violations, epochs: database.leader.epoch, refused: database.refused };
}

interface Surroundings {
  readonly clock: VirtualTime;
  readonly random: SeededRandom;
  readonly database: Database;
  readonly note: (what: string) => void;
}

function startDaemon(name: string, { clock, random, database, note }: Surroundings): Daemon {
  const time = new FreezingTime(clock);
  const atWork = new Set<string>();
  let epoch: number | null = null;

  /** Something at the server, there and back; while the network is cut nothing comes. */
  async function ask<T>(at: () => T): Promise<T> {
    await time.after(random.between(1, 60));
    if (self.isCut) {
      await time.after(STATEMENT_TIMEOUT_MS);
      throw new StoreError('unavailable', 'the database does not answer');
    }
    const answer = at();
    await time.after(random.between(1, 60));
    return answer;
  }

  const held = (askedMs: number) => Math.max(0, askedMs + LEASE_MS - MARGIN_MS - time.now());
  const lease: Lease = {
    async claim(): Promise<Claimed> {
      const askedMs = time.now();
      const leads = await ask(() => {
        const { holder } = database;
        const isHeld = clock.now() < database.untilMs && holder?.isKilled !== true;
        if (isHeld && holder !== self) return false;
        for (const transaction of database.open) transaction.ended = true;
        database.open.clear();
        database.holder = self;
        database.untilMs = clock.now() + LEASE_MS;
        database.leader = { epoch: database.leader.epoch + 1, name, url: '', sinceS: clock.now() / 1000 };
        return true;
      });
      const { leader } = database;
      if (!leads) return { leads, leader };
      epoch = leader.epoch;
      return { leads, leader, heldMs: held(askedMs) };
    },
    async renew(): Promise<Renewed> {
      const askedMs = time.now();
      const isMine = await ask(() => {
        if (database.leader.epoch !== epoch || database.holder !== self) return false;
        database.untilMs = clock.now() + LEASE_MS;
        return true;
      });
      return isMine ? { held: true, heldMs: held(askedMs) } : { held: false };
    },
    release: () =>
      ask(() => {
        if (database.leader.epoch === epoch && database.holder === self) database.untilMs = 0;
      }),
    close: () => Promise.resolve(),
  };

  /** Writes as a leader, again and again, in transactions that take their time. */
  async function work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const mine = epoch ?? -1;
      try {
        const transaction = await ask(() => {
          if (database.leader.epoch !== mine) throw new Error('refused');
          const begun = { epoch: mine, ended: false };
          database.open.add(begun);
          return begun;
        });
        await time.after(random.between(0, 3_000), signal);
        await ask(() => {
          database.open.delete(transaction);
          if (transaction.ended) throw new Error('refused');
        });
      } catch (error) {
        if ((error as Error).message === 'refused') database.refused += 1;
        await time.after(500).catch(() => undefined);
      }
    }
  }

  const childOf = (child: string) => ({
    machine: setup({ delays: { ending: () => random.between(0, 300) } }).createMachine({
      initial: 'working',
      states: {
        working: { on: { stop: 'ending' } },
        ending: { after: { ending: 'ended' } },
        ended: { type: 'final' },
      },
    }),
    input: {},
    runs: 'elected' as const,
    child,
  });
  const children = Object.fromEntries(ELECTED.map((child) => [child, childOf(child) as Child])) as Record<
    ChildName,
    Child
  >;
  const guardians = new Map<string, AnyActorRef>();
  for (const child of ELECTED) {
    const guardian = createActor(
      guardianMachine.provide({ actors: { child: children[child].machine as never } }),
      {
        clock: time,
        input: {
          ...DEFAULT_SETTINGS.restart,
          name: child,
          childInput: {},
          elected: true,
          random: random.next,
        },
      },
    );
    let stop = new AbortController();
    guardian.subscribe(({ value }) => {
      const isUp = typeof value === 'object' && value.up !== 'standingDown';
      if (isUp === atWork.has(child)) return;
      if (isUp) {
        atWork.add(child);
        stop = new AbortController();
        void work(stop.signal).catch(() => undefined);
      } else {
        atWork.delete(child);
        stop.abort(new Error('ended'));
      }
    });
    guardian.start();
    guardians.set(child, guardian);
  }

  const tell = (_: unknown, text: string) => note(`${name}: ${text}`);
  const { machine, input, yieldNow } = createLeadership({
    elected: createElected({ children: () => children, guardianOf: (child) => guardians.get(child) }),
    ...{ lease, random: random.next, settings: () => DEFAULT_SETTINGS },
    log: { debug: tell, info: tell, warn: tell, error: tell },
    present: () => leadership,
    tell: (_: unknown, event: never) => leadership.send(event),
  } as unknown as Parts);
  const leadership: AnyActorRef = createActor(machine, { clock: time, input });
  const self: Daemon = {
    name,
    time,
    leadership,
    yieldNow,
    atWork,
    wellSinceMs: clock.now(),
    isCut: false,
    isKilled: false,
  };
  leadership.start();
  return self;
}
