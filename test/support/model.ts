import {
  getNextTransitions,
  type AnyEventObject,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyStateNode,
  type ContextFrom,
  type InputFrom,
} from 'xstate';
import { getAdjacencyMap, getShortestPaths } from 'xstate/graph';

/** What a machine needs in order to be explored, replayed and watched. */
export interface ModelSetup<M extends AnyStateMachine = AnyStateMachine> {
  readonly machine: M;
  readonly input: InputFrom<M>;
  /** What differs while exploring: the graph spawns the same child again and again in one system. */
  readonly exploreInput?: Partial<InputFrom<M>>;
  /** What each slot may end with, the good end first. A slot that is not named never ends. */
  readonly outputs?: Readonly<Record<string, readonly unknown[]>>;
  /** Slots that may fail. */
  readonly fails?: readonly string[];
  /** What it says of its own accord in `lastError`; what a slot fails with goes without saying. */
  readonly errors?: readonly string[];
  /** Bounds of each delay, milliseconds. */
  readonly delays: Readonly<Record<string, readonly [min: number, max: number]>>;
  /** Ends the machine in order. */
  readonly stop: AnyEventObject;
  /** States in which all is well: reachable from everywhere, unless somebody asked for the end. */
  readonly home: readonly string[];
  /** Variants of an event; absent: the bare event. */
  payloads?(type: string, context: ContextFrom<M>): readonly object[] | undefined;
  /** Whether a spawned child is still there: a machine also remembers the ones that have ended. */
  isAlive?(src: string, context: ContextFrom<M>): boolean;
  /** Everything guards read, bounded: two snapshots with the same key have the same future. */
  key(context: ContextFrom<M>): unknown;
  /** What the surroundings answer a machine that waits for them. */
  answer?(value: string): AnyEventObject | null;
  /** Asserts what must hold after every step. */
  check(moment: Moment<ContextFrom<M>>): void;
}

/** What can be seen after a step. */
interface Moment<Context> {
  readonly event: AnyEventObject;
  /** Path of the state, `live.paused`. */
  readonly value: string;
  readonly previous: string | null;
  readonly context: Context;
  readonly before: Context | null;
  readonly done: boolean;
  readonly output: unknown;
  /** Slots at work. */
  readonly running: readonly string[];
  /** What each slot was given when it was started last. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** What has happened since the start: events, `start slot`, `end slot`, `tell slot type`, `do action`. */
  readonly history: readonly string[];
  /** The part of it that belongs to this step. */
  readonly news: readonly string[];
}

export interface Exploration {
  /** The shortest way to each reachable state (of value and key). */
  readonly paths: readonly {
    readonly events: readonly AnyEventObject[];
    readonly state: AnyMachineSnapshot;
  }[];
  /** Values from which no way leads home, although nobody asked for the end. */
  readonly deadEnds: readonly string[];
}

interface Neighbours {
  readonly transitions: Readonly<Record<string, { readonly state: AnyMachineSnapshot }>>;
}

/** Everywhere a machine can get. */
export function explore(setup: ModelSetup, limit = 20_000): Exploration {
  const serializeState = ({ value, context }: AnyMachineSnapshot) =>
    JSON.stringify([value, setup.key(context as never)]);
  const options = {
    input: { ...(setup.input as object), ...setup.exploreInput },
    events: (state: AnyMachineSnapshot) => offered(setup, state),
    serializeState,
    stopWhen: ({ status }: AnyMachineSnapshot) => status !== 'active',
    limit,
  };
  const paths = getShortestPaths(setup.machine, options as never).map(({ state, steps }) => ({
    state,
    // The first step is the start.
    events: steps.slice(1).map(({ event }) => event as AnyEventObject),
  }));

  const map = getAdjacencyMap(setup.machine, options as never) as unknown as Readonly<
    Record<string, Neighbours>
  >;
  const edges = Object.entries(map).map(([from, { transitions }]) => ({
    from,
    to: Object.values(transitions).map(({ state }) => serializeState(state)),
  }));
  const saved = new Set(
    paths
      .filter(({ state }) => setup.home.includes(valueOf(state)))
      .map(({ state }) => serializeState(state)),
  );
  for (let before = -1; before !== saved.size;) {
    before = saved.size;
    for (const { from, to } of edges) if (to.some((key) => saved.has(key))) saved.add(from);
  }
  const deadEnds = paths
    .filter(({ events }) => !events.some(({ type }) => type === setup.stop.type))
    .filter(({ state }) => state.status === 'active' && !saved.has(serializeState(state)))
    .map(({ state }) => valueOf(state));
  return { paths, deadEnds };
}

/** The events a machine can get in this state, with every variant of their payload. */
export function offered(setup: ModelSetup, snapshot: AnyMachineSnapshot): AnyEventObject[] {
  if (snapshot.status !== 'active') return [];
  const children = snapshot.children as Record<string, { readonly src: unknown } | undefined>;
  const types = new Set(
    getNextTransitions(snapshot).flatMap(({ eventType }) =>
      expand(eventType as string, Object.keys(children)),
    ),
  );
  return [...types].flatMap((type): AnyEventObject[] => {
    const child = childOf(type);
    if (child !== null) {
      const src = String(children[child.id]?.src);
      if (children[child.id] === undefined || setup.isAlive?.(src, snapshot.context as never) === false)
        return [];
      if (child.ends === 'done') return (setup.outputs?.[src] ?? []).map((output) => ({ type, output }));
      return setup.fails?.includes(src) === true ? [{ type, error: new Error(`${src} failed`) }] : [];
    }
    const variants = setup.payloads?.(type, snapshot.context as never) ?? [{}];
    return type === '' ? [] : variants.map((payload) => ({ ...payload, type }));
  });
}

/** `xstate.done.actor.*` is the end of any child. */
function expand(eventType: string, children: readonly string[]): string[] {
  const [, prefix] = /^(xstate\.(?:done|error)\.actor\.)\*$/.exec(eventType) ?? [];
  return prefix === undefined ? [eventType] : children.map((id) => prefix + id);
}

export function childOf(eventType: string): { readonly ends: string; readonly id: string } | null {
  const [, ends, id] = /^xstate\.(done|error)\.actor\.(.*)$/.exec(eventType) ?? [];
  return ends === undefined || id === undefined ? null : { ends, id };
}

/** `live.paused` */
export function valueOf(snapshot: AnyMachineSnapshot): string {
  const paths = nodesOf(snapshot).map(({ path }) => path);
  return paths.reduce((longest, path) => (path.length > longest.length ? path : longest), []).join('.');
}

export function nodesOf(snapshot: AnyMachineSnapshot): readonly AnyStateNode[] {
  return snapshot._nodes as AnyStateNode[];
}
