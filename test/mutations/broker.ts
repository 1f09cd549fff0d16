import type { Mutation } from './mutation.ts';

const CONTRACT = 'test/contract/sqlite-outbox.test.ts';
const KILLS = 'test/fault/outbox-kills.test.ts';
const STEPS = 'src/actors/outbox/steps.ts';
const BROKER = 'src/infra/broker/outbox.ts';

/** Of what a broker is told. */
export const BROKER_MUTATIONS: readonly Mutation[] = [
  {
    guarantee: 'of two that tell a broker at a time one does',
    fault: 'nobody looks whether somebody else has told something',
    file: BROKER,
    from: 'client.watch(KEYS.outbox),',
    to: 'client.ping(),',
    tests: [CONTRACT, KILLS],
  },
  {
    guarantee: 'what was written while a broker was filled is told when it is full',
    fault: 'following begins where filling ended',
    file: STEPS,
    from: 'const mark = { position, filledUpTo: isLast ? null : upToId };',
    to: 'const mark = { position: positionOf(await read(0, 1)), filledUpTo: isLast ? null : upToId };',
    tests: [CONTRACT],
  },
  {
    guarantee: 'a broker that was told nothing for longer than the log is kept is filled anew',
    fault: 'it is told on from the end of the log',
    file: STEPS,
    from: "if (page.changes === null) return { changes, refill: 'trimmed' };",
    to: 'if (page.changes === null) return { changes, refill: null };',
    tests: [CONTRACT],
  },
  {
    guarantee: 'what is no market any more goes from the broker when it is filled',
    fault: 'nobody looks for it',
    file: STEPS,
    from: '.filter((id) => !known.has(id));',
    to: '.filter((id) => known.has(id));',
    tests: [CONTRACT],
  },
  {
    guarantee: 'a good that is traded no more goes from the hash of its market',
    fault: 'it stays',
    file: BROKER,
    from: 'if (difference.gone.length > 0)',
    to: 'if (difference.gone.length > 100)',
    tests: [CONTRACT],
  },
  {
    guarantee: 'the secret of the broker is none of the configuration',
    fault: 'an address with a password is taken',
    file: 'src/config/schemas.ts',
    from: '[^\\s:/[\\]@?#]+)(:\\d{1,5})?(',
    to: '\\S+)(:\\d{1,5})?(',
    tests: ['test/unit/config-secrets.test.ts'],
  },
];
