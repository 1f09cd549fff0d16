import { checkAlways, checkCalm, checkGone, checkNothingLost } from './checks.ts';
import { populate } from './galaxy.ts';
import { systemName } from './frames.ts';
import { startLife, type Acceptance, type Life } from './life.ts';
import { scenario, type Moment } from './scenario.ts';
import { World } from './world.ts';

/** A snapshot this old at a kill is on disk. */
const SAFE_AFTER_MS = 1_000;
/** How long the service manager waits before it starts a daemon again that has ended by itself. */
const RESTART_MS = 5_000;
const GONE_AFTER_MS = 500;
const STOP_WITHIN_MS = 60_000;

export interface Report {
  readonly seed: number;
  readonly simulatedMs: number;
  readonly messages: number;
  /** Lives of the daemon. */
  readonly lives: number;
  /** The same for every run of a seed. */
  readonly digest: string;
  /** What must never happen, and did. */
  readonly violations: readonly string[];
}

export interface SimulateOptions {
  /** How long things go wrong; absent: by the seed. */
  readonly troubledMs?: number | undefined;
  /** Hears what happens, in order. */
  readonly trace?: ((line: string) => void) | undefined;
}

/** Runs this seed again, to the letter, telling what happens. */
export function commandFor(seed: number, minutes?: string): string {
  return `npm run simulate -- --from ${seed} --seeds 1${minutes === undefined ? '' : ` --minutes ${minutes}`} --trace`;
}

/** Lives through everything a seed stands for. */
export async function simulate(seed: number, { troubledMs, trace }: SimulateOptions = {}): Promise<Report> {
  return new Simulation(new World(scenario(seed, troubledMs), trace)).live();
}

class Simulation {
  readonly #world: World;
  /** What nobody may lose any more. */
  readonly #safe: Acceptance[] = [];
  #life: Life | null = null;
  #lives = 0;

  constructor(world: World) {
    this.#world = world;
  }

  async live(): Promise<Report> {
    const world = this.#world;
    const { clock, scenario: plan } = world;
    this.#schedule();
    populate(world);
    this.#start();
    let steps = 0;
    while (clock.nextDueMs < plan.endMs) {
      await clock.fireNext();
      this.#restartWhenEnded();
      if (++steps % 20 === 0 && this.#life !== null) checkAlways(world, this.#life);
      // Whoever shares the thread gets a turn.
      if (steps % 20_000 === 0) await new Promise(setImmediate);
    }
    checkCalm(world, this.#life);
    await this.#stop();
    checkNothingLost(world, this.#safe);
    return {
      seed: plan.seed,
      simulatedMs: plan.endMs - plan.startMs,
      messages: world.messages.length,
      lives: this.#lives,
      digest: world.digest(),
      violations: world.violations,
    };
  }

  #start(): void {
    this.#life = startLife(this.#world);
    this.#lives += 1;
  }

  /** What is to happen at its time, whatever the daemon is doing. */
  #schedule(): void {
    const world = this.#world;
    const { clock, scenario: plan } = world;
    const at = (atMs: number, act: () => void) => clock.setTimeout(act, Math.max(0, atMs - clock.now()));

    for (const [system, knownAtMs] of plan.systemsKnownAtMs.entries()) {
      if (knownAtMs < plan.endMs) at(knownAtMs, () => world.systems.add(systemName(system)));
    }
    for (const atMs of plan.newDumpsAtMs) at(atMs, () => world.renewDump());
    for (const atMs of plan.filesDeletedAtMs) at(atMs, () => (world.publishedSet = null));
    const restarts = [...plan.restarts];
    const onMoment = (moment: Moment) => {
      const next = restarts[0];
      if (next?.moment !== moment || clock.now() < next.fromMs) return;
      restarts.shift();
      // Not from within: who is being killed does not finish what it was doing.
      at(clock.now() + next.delayMs, () => {
        if (next.kind === 'stop') this.#life?.system.stop();
        else {
          this.#kill();
          at(clock.now() + next.pauseMs, () => this.#life ?? this.#start());
        }
      });
    };
    world.onMoment = onMoment;
    for (const { fromMs } of plan.restarts) at(fromMs, () => onMoment('any time'));
  }

  #kill(): void {
    if (this.#life === null) return;
    this.#world.note('killed');
    this.#bury(this.#life);
  }

  /** As a service manager does. */
  #restartWhenEnded(): void {
    const world = this.#world;
    const life = this.#life;
    if (!life?.ended) return;
    const { failure } = life.ended;
    world.note(`ended: ${JSON.stringify(failure)}`);
    const excused = world.suffers('spool full') || /log is broken|spool/.test(failure?.reason ?? 'stopped');
    if (failure !== null && !excused) world.violated(`ended by itself: ${failure.reason}`);
    this.#bury(life);
    world.clock.setTimeout(() => this.#life ?? this.#start(), RESTART_MS);
  }

  /** Stops in order; then nothing may run on. */
  async #stop(): Promise<void> {
    const life = this.#life;
    if (life === null) return;
    const { clock } = this.#world;
    life.system.stop();
    const deadlineMs = clock.now() + STOP_WITHIN_MS;
    while (life.ended === null && clock.nextDueMs < deadlineMs) await clock.fireNext();
    if (life.ended === null) this.#world.violated('does not stop');
    this.#bury(life);
    await clock.advance(2 * GONE_AFTER_MS);
  }

  /** The process is gone: remembers what it had no right to take along. */
  #bury(life: Life): void {
    const { clock } = this.#world;
    const nowMs = clock.now();
    const orderly = life.ended !== null && life.ended.failure === null;
    for (const acceptance of life.accepted) {
      if (orderly || this.#couldSpool(acceptance.atMs, nowMs)) this.#safe.push(acceptance);
    }
    this.#world.connect(null);
    this.#life = null;
    if (life.ended === null) life.time.kill();
    // Whoever stopped in order leaves nothing behind; a moment later even what was just ending is gone.
    else clock.setTimeout(() => checkGone(this.#world, life), GONE_AFTER_MS);
  }

  /** Whether the spool worked for a second in a row between these two instants. */
  #couldSpool(fromMs: number, toMs: number): boolean {
    const { windows } = this.#world.scenario;
    const bad = [...windows.get('spool full')!, ...windows.get('spool slow')!].sort(
      (a, b) => a.fromMs - b.fromMs,
    );
    let goodSinceMs = fromMs;
    for (const window of bad) {
      if (window.toMs <= goodSinceMs || window.fromMs >= toMs) continue;
      if (window.fromMs - goodSinceMs > SAFE_AFTER_MS) return true;
      goodSinceMs = window.toMs;
    }
    return toMs - goodSinceMs > SAFE_AFTER_MS;
  }
}
