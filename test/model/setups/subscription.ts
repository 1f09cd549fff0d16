import { expect } from 'vitest';
import { subscriptionMachine } from '../../../src/machines/publishing/subscription.machine.ts';
import type { ModelSetup } from '../../support/model.ts';

const subscription: ModelSetup<typeof subscriptionMachine> = {
  machine: subscriptionMachine,
  input: { reader: 'somebody', stuckMs: 30_000 },
  outputs: { replay: [undefined] },
  fails: ['replay'],
  delays: { stuck: [30_000, 30_000] },
  stop: { type: 'stop' },
  home: ['live'],
  key: () => null,
  check({ event, value, previous, context, news, running, done }) {
    const replaying = value.startsWith('replaying');
    expect(running, 'what was before is told in one go').toEqual(replaying ? ['replay'] : []);
    if (event.type === 'log.lost' && previous !== 'closed') {
      expect(news, 'a lost log begins anew').toEqual(expect.arrayContaining(['do gather', 'start replay']));
    }
    if (value === 'live' && previous !== 'live') expect(news, 'nothing is left behind').toContain('do flush');
    if (value !== 'live') expect(news, 'nothing overtakes what was before').not.toContain('do flush');
    expect(context.reason !== null, 'who is dropped is told why').toBe(done);
    if (done) expect(news).toContain('do tellEnd');
    const named = /^watch\.(changed|removed)$/.exec(event.type)?.[1];
    if (named !== undefined && previous !== 'closed') expect(context.reason).toBe(named);
    if (event.type.startsWith('xstate.after')) expect(context.reason).toBe('slow');
  },
};

export const setups = [subscription];
