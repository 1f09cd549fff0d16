import { expect } from 'vitest';
import { listenerMachine } from '../../../src/machines/market/listener.machine.ts';
import type { ModelSetup } from '../../support/model.ts';

const LOST = ['silent', 'backingOff'];

const listener = (finite: boolean): ModelSetup<typeof listenerMachine> => ({
  machine: listenerMachine,
  input: {
    finite,
    silenceMs: 30_000,
    connectMs: 20_000,
    backoff: { minMs: 1_000, capMs: 60_000 },
    random: () => 0.5,
  },
  fails: ['feed'],
  errors: ['unplugged', 'no connection', 'silence', 'feed failed'],
  delays: {
    connectTimeout: [20_000, 20_000],
    silenceTimeout: [30_000, 30_000],
    reconnectBackoff: [500, 60_000],
    closeTimeout: [5_000, 5_000],
  },
  stop: { type: 'stop' },
  home: ['attached.live.receiving'],
  payloads: (type) => (type === 'feed.failed' ? [{ error: 'unplugged' }] : undefined),
  key: ({ attempt, intakePaused }) => [attempt > 0, intakePaused],
  check({ event, value, previous, context, before, running, history, done, output }) {
    expect(running, 'one feed while attached').toEqual(value.startsWith('attached') ? ['feed'] : []);
    const told = history
      .filter((entry) => entry.startsWith('tell feed flow') || entry === 'start feed')
      .at(-1);
    if (value === 'attached.live.paused') {
      expect(told, 'a paused feed knows it').toBe('tell feed flow.pause');
      expect(context.intakePaused).toBe(true);
    } else if (running.length > 0) {
      expect(told, 'and when it is not any more').not.toBe('tell feed flow.pause');
    }
    if (value === 'attached.live.receiving') expect(context.intakePaused).toBe(false);

    const lost = LOST.includes(value) && previous !== value;
    const attempt = before?.attempt ?? 0;
    if (lost) expect(context.attempt).toBe(attempt + 1);
    else if (event.type === 'feed.heard' && value === 'attached.live.receiving') {
      expect(context.attempt).toBe(0);
    } else expect(context.attempt, 'only a message resets the attempts').toBe(attempt);
    expect(context.gaps).toBe((before?.gaps ?? 0) + (lost && value === 'silent' ? 1 : 0));

    const stopped = history.includes('event stop');
    if (done) {
      const failed = finite && !stopped && event.type !== 'feed.ended';
      expect(stopped || failed || event.type === 'feed.ended', 'a relay is given up never').toBe(true);
      expect(output).toEqual({
        failure: failed ? { kind: 'crash', reason: expect.stringMatching(/unplugged|feed failed/) } : null,
      });
    }
    if (finite) expect(value, 'a file is never silent').not.toBe('silent');
    if (stopped) expect([...LOST, 'attached.connecting'], 'never opened again').not.toContain(value);
  },
});

export const setups = [listener(false), listener(true)];
