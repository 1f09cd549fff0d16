import { LOG_LEVELS, type LogLevel, type RecentLine } from '../../domain/ports/log.ts';

/** As many as somebody reads who wants to know what has just happened. */
const MAX_LINES = 500;
const MAX_LINE_CHARS = 4_000;
/** Numbers of pino. */
const LEVELS: Readonly<Record<number, LogLevel>> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error' };

/** The newest lines of a log, in memory. Facts are left out. */
export class RecentLines {
  readonly #lines: { readonly n: number; readonly json: string }[] = [];
  #n = 0;

  /** @param json as pino writes it */
  take(json: string): void {
    this.#n += 1;
    if (json.length <= MAX_LINE_CHARS) this.#lines.push({ n: this.#n, json });
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
  }

  /** Oldest first. @param after only those with a greater number */
  read({ level, after }: { readonly level: LogLevel; readonly after: number }): RecentLine[] {
    const least = LOG_LEVELS.indexOf(level);
    return this.#lines.flatMap(({ n, json }) => {
      if (n <= after) return [];
      const line = JSON.parse(json) as { level: number; time: string; msg?: string };
      const told = LEVELS[line.level] ?? 'info';
      return LOG_LEVELS.indexOf(told) < least
        ? []
        : [{ n, time: line.time, level: told, msg: line.msg ?? '' }];
    });
  }
}
