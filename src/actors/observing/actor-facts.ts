import { isMachineSnapshot, type AnyActorRef, type StateValue } from 'xstate';
import type { InspectedActor } from '../../domain/ports/upkeep/inspection.ts';

/** As others reach it, else as its parent calls it. */
export function nameOf(ref: AnyActorRef): string {
  const { systemId } = ref as { systemId?: unknown };
  if (typeof systemId === 'string') return systemId;
  // A root without an id of its own has its session's; an invoked actor the path of the invoking state.
  const isGenerated = ref.id === ref.sessionId || /^\d+\./.test(ref.id);
  if (!isGenerated) return ref.id;
  return machineOf(ref) ?? (typeof ref.src === 'string' ? ref.src : ref.id);
}

/** Whose statechart it runs; null: it is no machine. */
export function machineOf(ref: AnyActorRef): string | null {
  const { logic } = ref as { logic?: { id?: unknown; root?: unknown } };
  return typeof logic?.id === 'string' && logic.root !== undefined ? logic.id : null;
}

/** Of its system. */
export function rootOf(ref: AnyActorRef): AnyActorRef {
  return ref._parent === undefined ? ref : rootOf(ref._parent);
}

export function childrenOf(ref: AnyActorRef): AnyActorRef[] {
  const { children } = ref.getSnapshot() as { children?: Record<string, AnyActorRef | undefined> };
  return Object.values(children ?? {}).filter((child) => child !== undefined);
}

export function statusOf(snapshot: unknown): InspectedActor['status'] {
  return (snapshot as { status: InspectedActor['status'] }).status;
}

/** Dotted paths of the innermost states. */
export function statesOf(snapshot: unknown): string[] {
  return isMachineSnapshot(snapshot) ? leaves(snapshot.value as StateValue) : [];
}

/** `{ a: { b: 'c' }, d: {} }` -> `['a.b.c', 'd']`. */
function leaves(value: StateValue, path = ''): string[] {
  if (typeof value === 'string') return [path + value];
  return Object.entries(value).flatMap(([key, inner]) => {
    const below = inner === undefined ? [] : leaves(inner, `${path}${key}.`);
    return below.length === 0 ? [path + key] : below;
  });
}
