import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describeError } from '../../domain/errors.ts';
import type { Log } from '../../domain/ports/log.ts';
import { endsTorn } from './torn.ts';

export interface Diagnostics {
  /** Adds a line `{"time": ..., "event": ..., ...facts}`. Never throws. */
  note(event: string, facts?: Readonly<Record<string, unknown>>): void;
  /** Resolves when everything noted so far is in the file, or was given up. */
  flush(): Promise<void>;
}

/**
 * Events for a later look, appended to a file of JSON lines (`listener_diag`). Written in the background; what cannot
 * be written is dropped, with one warning until it works again. The file may be renamed or removed at any time.
 */
export function createDiagnostics(file: string, log: Pick<Log, 'warn'>): Diagnostics {
  let waiting = '';
  let writing: Promise<void> | null = null;
  let failing = false;

  async function write(): Promise<void> {
    while (waiting !== '') {
      const text = waiting;
      waiting = '';
      try {
        await mkdir(dirname(file), { recursive: true });
        // A full disk may have taken a part of the last one.
        await appendFile(file, failing && endsTorn(file) ? `\n${text}` : text);
        failing = false;
      } catch (error) {
        if (!failing) log.warn({ file }, `diagnostics cannot be written: ${describeError(error)}`);
        failing = true;
      }
    }
    writing = null;
  }

  return {
    note(event, facts) {
      waiting += `${JSON.stringify({ time: new Date().toISOString(), event, ...facts })}\n`;
      writing ??= write();
    },
    flush: () => writing ?? Promise.resolve(),
  };
}

/** A log whose every line is noted, too, the debug lines about refused messages included. */
export function withDiagnostics(log: Log, diagnostics: Diagnostics): Log {
  const both =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (facts: Readonly<Record<string, unknown>>, text: string): void => {
      log[level](facts, text);
      diagnostics.note(level, { ...facts, text });
    };
  return { debug: both('debug'), info: both('info'), warn: both('warn'), error: both('error') };
}
