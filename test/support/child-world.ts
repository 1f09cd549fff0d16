import { createActor, type AnyActorRef, type AnyEventObject } from 'xstate';
import type { Child, Parts } from '../../src/actors/child.ts';
import { DEFAULT_SETTINGS } from '../../src/actors/settings.ts';
import type { Log } from '../../src/domain/ports/log.ts';
import { settled, VirtualTime } from './virtual-time.ts';

type Line = readonly [level: keyof Log, text: string, facts: Readonly<Record<string, unknown>>];

/** A log whose lines can be read. */
export function recordingLog() {
  const lines: Line[] = [];
  const method =
    (level: keyof Log) =>
    (facts: Readonly<Record<string, unknown>>, text: string): void =>
      void lines.push([level, text, facts]);
  const log: Log = {
    debug: method('debug'),
    info: method('info'),
    warn: method('warn'),
    error: method('error'),
  };
  return { log, lines, texts: () => lines.map(([level, text]) => `${level} ${text}`) };
}

/** One child of the system at work on a clock that stands still, with nothing but the parts that a test gives it. */
export function childWorld<C extends Child>(make: (parts: Parts) => C, given: object) {
  const time = new VirtualTime();
  const { log, lines, texts } = recordingLog();
  const told: (readonly [child: string, event: AnyEventObject])[] = [];
  const parts = {
    ...{ log, time, random: () => 0.5, settings: () => DEFAULT_SETTINGS, present: () => undefined },
    tell: (child: string, event: AnyEventObject) => void told.push([child, event]),
    ...given,
  } as unknown as Parts;
  const child = make(parts);
  const actor: AnyActorRef = createActor(child.machine, { input: child.input, clock: time });
  return {
    ...{ time, lines, texts, told, child, actor },
    start: async (): Promise<void> => {
      actor.start();
      await settled();
    },
    send: async (type: string): Promise<void> => {
      actor.send({ type });
      await settled();
    },
    value: () => (actor.getSnapshot() as { readonly value: unknown }).value,
  };
}
