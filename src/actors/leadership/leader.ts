import type { SnapshotFrom } from 'xstate';
import type { Leader } from '../../domain/ports/upkeep/leadership.ts';
import type { leadershipMachine } from '../../machines/supervision/leadership.machine.ts';
import type { Parts } from '../child.ts';

/** Whether this daemon leads, and of whom it is known; null: of nobody. */
export function leaderOf(present: Parts['present']): {
  readonly leads: boolean;
  readonly leader: Leader | null;
} {
  const snapshot = present('leadership')?.getSnapshot() as SnapshotFrom<typeof leadershipMachine> | undefined;
  return { leads: snapshot?.hasTag('leads') === true, leader: snapshot?.context.leader ?? null };
}
