import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { describeError } from '../domain/errors.ts';
import { HeardTimes, reportDays, type DayReport } from '../domain/eddn/heard.ts';
import { replayedDay } from '../domain/eddn/archives.ts';
import type { Feed } from '../domain/ports/market/feed.ts';
import type { Log } from '../domain/ports/log.ts';
import { publishFile } from '../infra/publishing/publish.ts';

const Spans = z.array(z.tuple([z.int(), z.int()]));
const Replayed = z.record(z.string(), z.string());

/** Less than what is tolerated: a daemon that is killed and started again has heard all the time. */
const SAVE_EVERY_MS = 30_000;

/** When the feed was heard, as the file says; one that is damaged, or not there, says nothing. */
export async function readHeard(file: string): Promise<HeardTimes> {
  try {
    return new HeardTimes(Spans.parse(JSON.parse(await readFile(file, 'utf8'))));
  } catch {
    return new HeardTimes();
  }
}

/** Keeps in the file when the feed is heard. @returns the feed to be read, and what is to be called at the end */
export function keepHeard(
  heard: HeardTimes,
  file: string,
  feed: Feed,
  log: Log,
): { readonly feed: Feed; readonly close: () => Promise<void> } {
  let isSaved = true;
  const save = async () => {
    if (isSaved) return;
    isSaved = true;
    try {
      await publishFile(file, (write) => write(Buffer.from(JSON.stringify(heard.spans))));
    } catch (error) {
      log.debug({ error }, `when the feed was heard was not saved: ${describeError(error)}`);
    }
  };
  const timer = setInterval(() => void save(), SAVE_EVERY_MS);
  return {
    feed: {
      description: feed.description,
      finite: feed.finite,
      close: () => feed.close(),
      read: (handlers) =>
        feed.read({
          onConnected: () => handlers.onConnected(),
          onBatch(batch) {
            heard.note(Math.floor(batch.receivedAtMs / 1000));
            isSaved = false;
            return handlers.onBatch(batch);
          },
        }),
    },
    close() {
      clearInterval(timer);
      return save();
    },
  };
}

/** Which of the last days are whole. @param replayedFile the ledger of what was replayed */
export function tellDays(heard: HeardTimes, replayedFile: string, nowMs: number): DayReport[] {
  const days = new Set(
    Object.entries(readReplayed(replayedFile)).flatMap((entry) => replayedDay(...entry) ?? []),
  );
  return reportDays(heard.spans, Math.floor(nowMs / 1000), (day) => days.has(day));
}

/** A command, or a job of the daemon, may have written it a moment ago. */
function readReplayed(file: string): Readonly<Record<string, string>> {
  try {
    return Replayed.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}
