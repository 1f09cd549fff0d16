import { createRequire } from 'node:module';
import pino from 'pino';
import type { prettyFactory } from 'pino-pretty';
import type { Log, LogLevel } from '../../domain/ports/log.ts';
import { openLogFile, type LogFileOptions } from './log-file.ts';
import { RecentLines } from './recent-lines.ts';

/** Lines waiting for a reader that has stopped reading: beyond that, new ones are dropped. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
const FLUSH_MS = 1_000;

/** Control characters as they stand in JSON. Names come from strangers, and could drive the terminal. */
const CONTROL_CHARACTERS = /\\u00[01][0-9a-f]|[\x7f-\x9f]/g;

interface LogVerbosity {
  /** False: warnings and errors only. */
  readonly verbose: boolean;
  /** Everything; wins over `verbose`. */
  readonly debug: boolean;
  /** Wins over both. */
  readonly level?: LogLevel | null;
}

export interface LogOptions extends LogVerbosity {
  readonly to: 'stdout' | 'stderr';
  /** Instead of `to`. */
  readonly file?: LogFileOptions | null;
}

export interface LogHandle extends Log {
  /** What was told last. */
  readonly recent: Pick<RecentLines, 'read'>;
  /** The last thing. Resolves when every line has been handed over, or the reader has not taken them for a second. */
  close(): Promise<void>;
  setVerbosity(verbosity: LogVerbosity): void;
  /** Opens the log file anew, for something else may have put it aside. */
  reopen(): void;
}

/**
 * One JSON object a line (`level`, `time`, facts, `msg`); on a terminal readable lines, with the facts only when
 * debugging. A log that cannot be written (nobody reads the pipe any more, the disk is full) never stops the program
 * nor makes it wait.
 */
export function createLog({ to, file, ...verbosity }: LogOptions): LogHandle {
  const stream = process[to];
  const logFile = file ? openLogFile(file) : null;
  const recent = new RecentLines();
  // Node's own streams, because they neither block on a full pipe nor hold up the exit.
  for (const each of [process.stdout, process.stderr]) {
    if (!each.listeners('error').includes(ignore)) each.on('error', ignore);
  }
  const pretty = stream.isTTY ? readable(stream.hasColors(), levelOf(verbosity) === 'debug') : null;
  const print = (line: string) => {
    if (stream.writableLength > MAX_WAITING_BYTES) return;
    stream.write(pretty === null ? line : `${pretty(line.replace(CONTROL_CHARACTERS, '?')).trimEnd()}\n`);
  };
  const destination = {
    write(line: string): void {
      recent.take(line);
      if (logFile !== null) logFile.write(line);
      else print(line);
    },
  };
  const logger = pino(
    {
      level: levelOf(verbosity),
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    destination,
  );
  return {
    recent,
    // Looked up at each call, for another level has other methods.
    debug: (facts, text) => logger.debug(facts, text),
    info: (facts, text) => logger.info(facts, text),
    warn: (facts, text) => logger.warn(facts, text),
    error: (facts, text) => logger.error(facts, text),
    close: async () => {
      await new Promise<void>((resolve) => {
        const deadline = setTimeout(resolve, FLUSH_MS);
        const done = () => {
          clearTimeout(deadline);
          resolve();
        };
        if (logFile === null) stream.write('', done);
        else void logFile.flush().then(done);
      });
      logFile?.close();
    },
    setVerbosity: (changed) => {
      logger.level = levelOf(changed);
    },
    reopen: () => logFile?.reopen(),
  };
}

function levelOf({ verbose, debug, level }: LogVerbosity): LogLevel {
  return level ?? (debug ? 'debug' : verbose ? 'info' : 'warn');
}

/** Loaded for a terminal only: a daemon has none, and saves the memory. */
function readable(colorize: boolean, showFacts: boolean): (line: string) => string {
  const load = createRequire(import.meta.url);
  const pretty = load('pino-pretty') as { prettyFactory: typeof prettyFactory };
  return pretty.prettyFactory({
    colorize,
    translateTime: 'SYS:yyyy-mm-dd HH:MM:ss',
    singleLine: true,
    // Shown in front of the text otherwise, as those of a program.
    ignore: 'name,pid,hostname',
    hideObject: !showFacts,
  });
}

function ignore(): void {
  // Where to tell it?
}
