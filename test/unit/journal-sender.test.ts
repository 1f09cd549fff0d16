import { describe, expect, test } from 'vitest';
import { JournalSender } from '../../src/actors/journal-watcher/sender.ts';
import type { SentLine } from '../../src/domain/colonisation/reading/sent-lines.ts';
import { AppError } from '../../src/domain/errors.ts';
import { recordingLog } from '../support/child-world.ts';
import { VirtualTime } from '../support/virtual-time.ts';
import { writtenFolder } from '../support/written-folder.ts';

describe('one that sends', () => {
  const context = { commander: 'who', place: null, undocked: null };
  const line = (text: string): SentLine => ({ text, before: context, after: context });

  function senderOf() {
    const time = new VirtualTime();
    const { folder, state } = writtenFolder<SentLine>();
    const { log, texts } = recordingLog();
    const sent: string[] = [];
    const other = { error: null as Error | null };
    const sender = new JournalSender({
      ...{ folder, time, random: () => 1, log },
      outlet: {
        send: (text) => {
          if (other.error !== null) return Promise.reject(other.error);
          sent.push(text);
          return Promise.resolve();
        },
      },
    });
    return { sender, folder: state, sent, other, time, texts };
  }

  test('keeps its place when the other side has it, also of what waited since a failure', async () => {
    const { folder, other, sender, sent, time } = senderOf();
    folder.told.push(line('one'));
    other.error = new Error('away');
    sender.start();
    await time.advance(0);
    expect([sender.state, folder.kept]).toEqual(['backingOff', [false]]);
    other.error = null;
    await time.advance(2_000);
    expect(sent).toEqual([expect.stringContaining('one')]);
    expect(folder.kept.length).toBeGreaterThan(1);
    await time.advance(2_000);
    expect(sent).toHaveLength(1);
    await sender.close();
    expect(folder.kept.at(-1)).toBe(true);
  });

  test('keeps no place at its end of what was not sent', async () => {
    const { folder, other, sender, time } = senderOf();
    folder.told.push(line('one'));
    other.error = new Error('away');
    sender.start();
    await time.advance(0);
    await sender.close();
    expect(folder.kept).toEqual([false]);
  });

  test('ends with what the other side never takes, and sends nothing more', async () => {
    const { folder, other, sender, sent, time } = senderOf();
    const refused = sender.refused.catch((error: unknown) => error);
    folder.told.push(line('one'));
    other.error = new AppError('usage', 'no such token');
    sender.start();
    await time.advance(0);
    expect(await refused).toBe(other.error);
    other.error = null;
    await time.advance(600_000);
    expect(sent).toEqual([]);
    await sender.close();
    expect(folder.kept).toEqual([false]);
  });
});
