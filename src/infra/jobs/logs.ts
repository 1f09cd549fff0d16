import { appendFile, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  JOB_LOG_LEVELS,
  type JobLogLevel,
  type JobLogLine,
  type JobLogQuestion,
  type JobLogs,
} from '../../domain/ports/upkeep/jobs.ts';
import { placesOf } from './places.ts';

/** Of a file, of which there are two for a job. */
const MAX_BYTES = 1024 * 1024;
const MAX_LINE_CHARS = 4_000;
const MAX_LINES = 1_000;

interface Opened {
  /** Number of the newest line. */
  n: number;
  bytes: number;
}

/**
 * A file a job, and the one before it, with a JSON object a line. What cannot be written is lost: a log ends no job.
 * @param now milliseconds since the epoch
 */
export function createJobLogs(directory: string, now: () => number, maxBytes = MAX_BYTES): JobLogs {
  const opened = new Map<string, Opened>();
  /** One after the other, of all jobs. */
  let last = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.then(ignore, ignore);
    return turn;
  };
  const fileOf = (id: string) => join(directory, `${id}.log`);
  const olderOf = (id: string) => join(directory, `${id}.1.log`);

  async function open(id: string): Promise<Opened> {
    const known = opened.get(id);
    if (known !== undefined) return known;
    await mkdir(directory, { recursive: true });
    const text = await textOf(fileOf(id));
    const newest = linesOf(text).at(-1) ?? linesOf(await textOf(olderOf(id))).at(-1);
    // A line that a kill has cut must not take the next one with it.
    if (text !== '' && !text.endsWith('\n')) await appendFile(fileOf(id), '\n');
    const found = { n: newest?.n ?? 0, bytes: Buffer.byteLength(text) };
    opened.set(id, found);
    return found;
  }

  return {
    append(id, { level, msg, answer = false }) {
      const time = new Date(now()).toISOString();
      void inTurn(async () => {
        const log = await open(id);
        log.n += 1;
        const line: JobLogLine = { n: log.n, time, level, answer, msg: msg.slice(0, MAX_LINE_CHARS) };
        const text = `${JSON.stringify(line)}\n`;
        if (log.bytes + text.length > maxBytes) {
          await rename(fileOf(id), olderOf(id));
          log.bytes = 0;
        }
        await appendFile(fileOf(id), text, { mode: 0o600 });
        log.bytes += Buffer.byteLength(text);
      }).catch(() => {
        // It may be there in part: what is there is looked at again.
        opened.delete(id);
      });
    },
    read: (id, question) =>
      inTurn(async () => {
        const text = (await textOf(olderOf(id))) + (await textOf(fileOf(id)));
        return linesOf(text)
          .filter((line) => isWanted(line, question))
          .slice(-MAX_LINES);
      }),
    remove: (id) =>
      inTurn(async () => {
        opened.delete(id);
        const spool = basename(placesOf(directory, id).spoolFile);
        for (const name of await readdir(directory))
          if (name.startsWith(`${id}.`) && !name.startsWith(spool))
            await rm(join(directory, name), { force: true });
      }),
  };
}

function isWanted({ n, time, level }: JobLogLine, question: JobLogQuestion): boolean {
  return n > question.after && Date.parse(time) >= question.sinceMs && rank(level) >= rank(question.level);
}

function rank(level: JobLogLevel): number {
  return JOB_LOG_LEVELS.indexOf(level);
}

function linesOf(text: string): JobLogLine[] {
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as JobLogLine];
    } catch {
      // Cut by a kill.
      return [];
    }
  });
}

function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

function ignore(): void {
  // Where to tell it?
}
