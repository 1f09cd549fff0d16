import { waitFor, type AnyActorRef, type AnyMachineSnapshot } from 'xstate';
import type { ElectionEvent } from '../../machines/protocol.ts';
import type { ChildName } from '../../machines/supervision/supervisor.machine.ts';

/** What it needs to know of a child. */
interface Electable {
  readonly runs?: 'elected';
  readonly dispose?: () => Promise<void>;
}

export interface ElectedDeps {
  readonly children: () => Readonly<Record<ChildName, Electable>>;
  /** Undefined: not started. */
  readonly guardianOf: (name: ChildName) => AnyActorRef | undefined;
}

/** The children that run only while this daemon leads. */
export interface Elected {
  readonly start: () => void;
  /** Ends them; resolves when nothing of them is at work. */
  readonly standDown: () => Promise<void>;
}

export function createElected({ children, guardianOf }: ElectedDeps): Elected {
  const names = () =>
    Object.entries(children()).flatMap(([name, { runs }]) => (runs === 'elected' ? [name as ChildName] : []));
  const tell = (name: ChildName, event: ElectionEvent) => guardianOf(name)?.send(event);

  async function isBy(name: ChildName): Promise<void> {
    const guardian = guardianOf(name);
    if (guardian === undefined) return;
    // One that has ended for good is as quiet.
    const isQuiet = (snapshot: AnyMachineSnapshot) =>
      snapshot.status !== 'active' || snapshot.hasTag('standingBy');
    await waitFor(guardian, isQuiet).catch(() => undefined);
    await children()[name].dispose?.();
  }

  return {
    start() {
      for (const name of names()) tell(name, { type: 'leadership.gained' });
    },
    async standDown() {
      for (const name of names()) tell(name, { type: 'leadership.lost' });
      await Promise.all(names().map(isBy));
    },
  };
}
