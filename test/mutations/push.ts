import type { Mutation } from './mutation.ts';

const PUSH = 'test/contract/sqlite-push.test.ts';

/** Of those who listen. */
export const PUSH_MUTATIONS: readonly Mutation[] = [
  {
    guarantee: 'whoever resumes is told everything once, with what was',
    fault: 'only the newest of several changes is held against what he was told when he came',
    file: 'src/actors/subscription/reader.ts',
    from: 'update.oldestSeq <= this',
    to: 'change.seq <= this',
    tests: ['test/unit/push-hub.test.ts'],
  },
  {
    guarantee: 'a place in the log is one of what was watched there',
    fault: 'whoever listened to another definition of that name resumes',
    file: 'src/infra/http/push/position.ts',
    from: ' || (tag !== null && told !== tag)',
    to: '',
    tests: [PUSH],
  },
  {
    guarantee: 'a wrong subscription of the configuration stays what it was',
    fault: 'it goes',
    file: 'src/app/subscriptions.ts',
    from: 'if (id !== null && before !== undefined && !wanted.has(id)) wanted.set(id, before);',
    to: '',
    tests: [PUSH],
  },
  {
    guarantee: 'a name means one thing',
    fault: 'whoever names it again gets what is there, whatever he meant',
    file: 'src/actors/subscription/named.ts',
    from: "isSame(there.watch, watch) ? 'there' : 'other'",
    to: "'there'",
    tests: [PUSH],
  },
  {
    guarantee: 'whoever resumes misses nothing',
    fault: 'what came while he was away is left out',
    file: 'src/actors/subscription/hub.ts',
    from: 'here.seq - since.seq <= MAX_BEHIND && (await this.#replayLog(reader, since, here, signal))',
    to: 'here.seq - since.seq <= MAX_BEHIND',
    tests: [PUSH, 'test/fault/push-kills.test.ts'],
  },
  {
    guarantee: 'whoever resumes is told nothing twice',
    fault: 'he is told again what he was told last',
    file: 'src/actors/subscription/hub.ts',
    from: 'let at = since;',
    to: 'let at = { ...since, seq: Math.max(0, since.seq - 1) };',
    tests: [PUSH, 'test/fault/push-kills.test.ts'],
  },
  {
    guarantee: 'a reader who takes nothing is dropped',
    fault: 'its socket is always said to have room',
    file: 'src/infra/http/push/event-stream.ts',
    from: 'return response.destroyed || response.writableEnded || response.write(text);',
    to: 'return response.destroyed || response.writableEnded || response.write(text) || true;',
    tests: [PUSH],
  },
  {
    guarantee: 'tdl watch goes on where it was',
    fault: 'it begins anew after a lost connection',
    file: 'src/app/watch/follow.ts',
    from: 'lastId = event.id ?? lastId;',
    to: 'lastId = null;',
    tests: ['test/integration/watch.test.ts'],
  },
  {
    guarantee: 'who listens keeps nobody from being answered',
    fault: 'a stream counts as an answer under way',
    file: 'src/infra/http/connections.ts',
    from: 'this.#answering.size - this.#listening.size;',
    to: 'this.#answering.size;',
    tests: ['test/integration/http-limits.test.ts'],
  },
];
