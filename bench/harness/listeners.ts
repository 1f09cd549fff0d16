import { fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { until } from '../../test/support/until.ts';
import type { TracedMessages } from '../generators/traced-messages.ts';
import type { Crowd, ListenersTold } from '../limits/listeners.ts';
import type { BenchDaemon } from './daemon.ts';

/** Those who listen, in a process of their own. */
export class Listeners {
  readonly seen: (readonly [number: number, atMs: number])[] = [];
  dropped = 0;
  #listening = 0;
  readonly #child;

  constructor(who: Crowd) {
    const script = fileURLToPath(new URL('../limits/listeners.ts', import.meta.url));
    this.#child = fork(script, { execArgv: [] });
    this.#child.send(who);
    this.#child.on('message', (told: ListenersTold) => {
      if ('listening' in told) this.#listening = told.listening;
      else {
        for (const each of told.seen) this.seen.push(each);
        this.dropped = told.dropped;
      }
    });
  }

  async there(count: number): Promise<void> {
    await until(() => this.#listening > 0, 100);
    if (this.#listening !== count) throw new Error(`${this.#listening} of ${count} subscribers were let in`);
  }

  leave(): void {
    this.#child.kill('SIGKILL');
  }
}

/** @returns by message number when it was sent, epoch milliseconds */
export async function publish(
  { relay }: BenchDaemon,
  messages: TracedMessages,
  count: number,
  rate: number,
): Promise<ReadonlyMap<number, number>> {
  const sentAt = new Map<number, number>();
  const startMs = performance.now();
  while (sentAt.size < count) {
    const due = Math.min(count, Math.ceil(((performance.now() - startMs) / 1_000) * rate));
    while (sentAt.size < due) {
      const number = messages.next;
      const bytes = messages.frame(Date.now());
      sentAt.set(number, performance.timeOrigin + performance.now());
      await relay.publish(bytes);
    }
    await sleep(2);
  }
  return sentAt;
}
