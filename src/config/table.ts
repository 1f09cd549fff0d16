import { z } from 'zod';
import { hideCredentials } from '../domain/web-address.ts';

/** One setting: where its value goes, what it may be and what it is when nobody sets it. */
export interface Key {
  /** Name in the program, unit included. */
  readonly field: string;
  /** As it would be written by an operator (file units). */
  readonly fallback: unknown;
  /** Checks what was written and turns it into the program's unit; its description says what is allowed. */
  readonly schema: z.ZodType;
  /** Not written into the default file. */
  readonly optional?: true;
  /** A running daemon takes a new value over when it is told to read the file again; else it needs a restart. */
  readonly live?: true;
  /** One line for the documentation. */
  readonly about: string;
}

export type Table = Readonly<Record<string, Key>>;

/** The checked values of a table, under their program names. */
export type Values<T extends Table> = {
  readonly [K in keyof T as T[K]['field']]: z.output<T[K]['schema']>;
};

/** Something an operator should know, which did not keep the program from starting. */
export interface ConfigProblem {
  /** The file, or `environment`. */
  readonly source: string;
  /** The key or variable; null: the file itself. */
  readonly key: string | null;
  /** What is wrong, what is allowed, and what this run uses instead. */
  readonly message: string;
}

export function invalidValue(
  source: string,
  key: string,
  value: unknown,
  allowed: string,
  used: string,
): ConfigProblem {
  return {
    source,
    key,
    message: `${key} is ${shortJson(value)}; allowed: ${allowed}; this run uses ${used}`,
  };
}

function shortJson(value: unknown): string {
  const json = hideCredentials(JSON.stringify(value));
  return json.length > 120 ? `${json.slice(0, 120)}...` : json;
}

/** Checks what was written against a table. Keys the table does not know are nobody's business. */
export function evaluate<T extends Table>(
  table: T,
  written: Readonly<Record<string, unknown>>,
  source: string,
): { values: Values<T>; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, { field, fallback, schema }] of Object.entries(table)) {
    const checked = schema.safeParse(Object.hasOwn(written, key) ? written[key] : fallback);
    if (!checked.success) {
      const used = `the default ${shortJson(fallback)}`;
      // A schema may know better than its description what is wrong.
      const own = checked.error.issues.flatMap((issue) => (issue.code === 'custom' ? [issue.params] : []))[0];
      const allowed = typeof own?.allowed === 'string' ? own.allowed : (schema.description ?? '');
      problems.push(invalidValue(source, key, written[key], allowed, used));
    }
    values[field] = checked.success ? checked.data : schema.parse(fallback);
  }
  return { values: values as Values<T>, problems };
}

/** The longest that is taken. */
export const TEN_YEARS_DAYS = 3650;

const UNITS_MS = { seconds: 1000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;
type Unit = keyof typeof UNITS_MS;

/** Takes a number, gives a number. */
type NumberSchema = z.ZodType<number, number>;

/** A length of time in the given unit, whole or not; milliseconds in the program: days may be more than a timer takes. */
export function duration(unit: Unit, min: number, max: number): NumberSchema {
  return z
    .number()
    .min(min)
    .max(max)
    .transform((value) => Math.round(value * UNITS_MS[unit]))
    .describe(`a number of ${unit} from ${min} to ${max}`);
}

/** A number, whole or not, kept in its unit. */
export function amount(unit: string, min: number, max: number): NumberSchema {
  return z.number().min(min).max(max).describe(`a number of ${unit} from ${min} to ${max}`);
}

export function count(min: number, max: number): NumberSchema {
  return z.int().min(min).max(max).describe(`a whole number from ${min} to ${max}`);
}

/** A number written as text, as environment variables are. */
export function fromText(schema: NumberSchema): z.ZodType<number> {
  return z
    .string()
    .transform(Number)
    .pipe(schema)
    .describe(schema.description ?? '');
}
