import { expect, test } from 'vitest';
import { gold, hubOn, Listener, watch, Written } from '../support/push-hub.ts';
import { settled } from '../support/virtual-time.ts';

test('whoever listens hears why it ends, once', async () => {
  const { hub } = hubOn(new Written(), 'there', 3);
  const [gone, removed, stays] = [new Listener(), new Listener(), new Listener()];
  const first = hub.subscribe(watch, null, gone)!;
  const second = hub.subscribe(watch, null, removed)!;
  hub.subscribe(watch, null, stays);
  expect(hub.subscribe(watch, null, new Listener()), 'one too many').toBeNull();
  await settled();
  first.gone();
  second.end('removed');
  second.gone();
  expect([gone.ended, removed.ended, hub.size]).toEqual([['gone'], ['removed'], 1]);
  hub.close();
  expect([stays.ended, hub.size]).toEqual([['stopping'], 0]);
  expect(hub.subscribe(watch, null, new Listener())).toBeNull();
});

test('whoever takes nothing for long is dropped, unless there is room again', async () => {
  const { time, hub } = hubOn(new Written());
  const [slow, drained] = [new Listener(), new Listener()];
  slow.isRoom = drained.isRoom = false;
  hub.subscribe(watch, null, slow);
  const subscription = hub.subscribe(watch, null, drained)!;
  await settled();
  subscription.drained();
  expect(time.delays.filter((delayMs) => delayMs === 30_000)).toHaveLength(1);
  await time.goOff();
  expect([slow.ended, drained.ended]).toEqual([['slow'], []]);
});

test('where nothing can be read, or there is no log, that is why it ends', async () => {
  const away = new Written();
  away.beforeRead = () => {
    throw new Error('away');
  };
  const listener = new Listener();
  hubOn(away).hub.subscribe(watch, null, listener);
  const { hub } = hubOn(new Written(), 'none');
  const other = new Listener();
  hub.subscribe(watch, null, other);
  await settled();
  expect([listener.ended, other.ended]).toEqual([['database'], ['database']]);
  expect(await hub.after(null, 1_000, new AbortController().signal)).toBeNull();
});

test('who asks what follows a position hears of the next one as soon as it is seen, or that he need not wait', async () => {
  const written = new Written();
  const { time, hub } = hubOn(written);
  const since = { logId: 'log', seq: 0 };
  const answers: unknown[] = [];
  const ask = (signal = new AbortController().signal) =>
    void hub.after(since, 60_000, signal).then((position) => answers.push(position));
  expect(await hub.after(null, 60_000, new AbortController().signal)).toEqual(since);
  ask();
  await settled();
  // The first look finds where the log is.
  const [, look] = time.delays;
  expect(look).toBe(1_000);
  hub.subscribe(watch, null, new Listener());
  await settled();
  expect(answers).toEqual([]);
  const hangUp = new AbortController();
  ask(hangUp.signal);
  await settled();
  hangUp.abort();
  await settled();
  expect(answers).toEqual([since]);
  ask(AbortSignal.abort());
  await settled();
  expect(answers).toHaveLength(2);
  written.write(gold(1));
  await time.look();
  expect(answers.slice(2)).toEqual([{ logId: 'log', seq: 1 }]);
  ask();
  await settled();
  expect(answers.slice(3), 'it is another already').toEqual([{ logId: 'log', seq: 1 }]);
});

test('whoever waits hears at once that the log has begun anew, or the hub ends', async () => {
  const written = new Written();
  const { time, hub } = hubOn(written);
  hub.subscribe(watch, null, new Listener());
  await settled();
  const wait = (seq: number) => hub.after({ logId: 'log', seq }, 60_000, new AbortController().signal);
  const lost = wait(0);
  await settled();
  written.write(gold(1));
  written.trimmed = written.seq;
  await time.look();
  expect(await lost).toEqual({ logId: 'log', seq: 1 });
  const ended = wait(1);
  await settled();
  hub.close();
  expect(await ended).toEqual({ logId: 'log', seq: 1 });
});

test('who comes from where this server is not yet is told nothing before it is there, too', async () => {
  const written = new Written();
  const { time, hub } = hubOn(written);
  const [stays, comes, lost] = [new Listener(), new Listener(), new Listener()];
  hub.subscribe(watch, null, stays);
  await settled();
  written.write(gold(1));
  written.write(gold(2));
  comes.price = 2;
  hub.subscribe(watch, { logId: 'log', seq: 2 }, comes);
  await settled();
  expect([stays.price, comes.timesPlaced]).toEqual([null, 0]);
  expect(time.delays, 'it is looked soon').toContain(50);
  await time.goOff();
  await time.goOff();
  expect([stays.price, comes.timesPlaced, comes.began]).toEqual([2, 1, []]);
  written.write(gold(3));
  await time.goOff();
  expect([stays.price, comes.price]).toEqual([3, 3]);
  // Where it never comes to, he begins with what there is.
  hub.subscribe(watch, { logId: 'log', seq: 99 }, lost);
  hub.subscribe(watch, { logId: 'another', seq: 1 }, lost);
  await settled();
  expect(lost.began).toEqual(['lost', 'lost']);
});

test('a market that is as it was is the same for all who are told it', async () => {
  const written = new Written();
  const { hub } = hubOn(written);
  const [first, second, third] = [new Listener(), new Listener(), new Listener()];
  written.rows = [gold(1)];
  hub.subscribe(watch, null, first);
  await settled();
  written.rows = [gold(1)];
  hub.subscribe(watch, null, second);
  await settled();
  written.rows = [gold(2)];
  hub.subscribe(watch, null, third);
  await settled();
  expect(second.rowsOfSnapshot).toBe(first.rowsOfSnapshot);
  expect(third.rowsOfSnapshot).toEqual([gold(2)]);
});
