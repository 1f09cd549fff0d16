import pino from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { Log } from '../domain/ports/log.ts';

/** Lines waiting for a reader that has stopped reading: beyond that, new ones are dropped. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
const FLUSH_MS = 1_000;

/** Control characters as they stand in JSON. Names come from strangers, and could drive the terminal. */
const CONTROL_CHARACTERS = /\\u00[01][0-9a-f]|[\x7f-\x9f]/g;

export interface LogOptions {
  readonly to: 'stdout' | 'stderr';
  /** False: warnings and errors only. */
  readonly verbose: boolean;
  /** Everything; wins over `verbose`. */
  readonly debug: boolean;
}

export interface LogHandle extends Log {
  /** Resolves when every line has been handed over, or the reader has not taken them for a second. */
  flush(): Promise<void>;
}

/**
 * One JSON object a line (`level`, `time`, facts, `msg`); on a terminal readable lines, with the facts only when
 * debugging. A log that cannot be written (nobody reads the pipe any more, the disk is full) never stops the program
 * nor makes it wait.
 */
export function createLog({ to, verbose, debug }: LogOptions): LogHandle {
  const stream = process[to];
  // Node's own streams, because they neither block on a full pipe nor hold up the exit.
  for (const each of [process.stdout, process.stderr]) {
    if (!each.listeners('error').includes(ignore)) each.on('error', ignore);
  }
  const pretty = prettyFactory({
    colorize: stream.isTTY && stream.hasColors(),
    translateTime: 'SYS:HH:MM:ss',
    singleLine: true,
    // Shown in front of the text otherwise, as those of a program.
    ignore: 'name,pid,hostname',
    hideObject: !debug,
  });
  const destination = {
    write(line: string): void {
      if (stream.writableLength > MAX_WAITING_BYTES) return;
      stream.write(stream.isTTY ? `${pretty(line.replace(CONTROL_CHARACTERS, '?')).trimEnd()}\n` : line);
    },
  };
  const logger = pino(
    {
      level: debug ? 'debug' : verbose ? 'info' : 'warn',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    destination,
  );
  return {
    debug: logger.debug.bind(logger),
    info: logger.info.bind(logger),
    warn: logger.warn.bind(logger),
    error: logger.error.bind(logger),
    flush: () =>
      new Promise((resolve) => {
        const deadline = setTimeout(resolve, FLUSH_MS);
        stream.write('', () => {
          clearTimeout(deadline);
          resolve();
        });
      }),
  };
}

function ignore(): void {
  // Where to tell it?
}
