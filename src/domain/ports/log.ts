type LogMethod = (facts: Readonly<Record<string, unknown>>, text: string) => void;

/** Where events are told: one line each, facts beside the text. Implemented by pino. */
export interface Log {
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A line that was logged a while ago. */
export interface RecentLine {
  /** Counts from 1 since the start. */
  readonly n: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly level: LogLevel;
  readonly msg: string;
}
