type LogMethod = (facts: Readonly<Record<string, unknown>>, text: string) => void;

/** Where events are told: one line each, facts beside the text. Implemented by pino. */
export interface Log {
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
}
