import { InvalidArgumentError } from 'commander';
import { isDay, MAX_DAYS } from '../domain/eddn/archives.ts';

/** A number of the command line. */
export function number(allowed: { readonly min: number; readonly max?: number; readonly whole?: boolean }) {
  const { min, max = Infinity, whole = false } = allowed;
  return (written: string): number => {
    const value = written.trim() === '' ? NaN : Number(written);
    if (value >= min && value <= max && (whole ? Number.isInteger(value) : Number.isFinite(value)))
      return value;
    const range = max === Infinity ? `from ${min} on` : `from ${min} to ${max}`;
    throw new InvalidArgumentError(`Allowed: a ${whole ? 'whole ' : ''}number ${range}.`);
  };
}

export function notEmpty(written: string): string {
  if (written.trim() === '') throw new InvalidArgumentError('It is empty.');
  return written;
}

/** An option that is a day. */
export function day(text: string): string {
  if (!isDay(text)) throw new InvalidArgumentError('It must be a day: YYYY-MM-DD.');
  return text;
}

/** Why there are no days from one to another. */
export function noRange(from: string, to: string): string {
  return `--to ${to} is before --from ${from}, or ${MAX_DAYS} days after it`;
}

/** Where to listen: `host:port` or `[IPv6 address]:port`. */
export function address(text: string): { readonly host: string; readonly port: number } {
  const [, inBrackets, plain, port] = /^(?:\[([0-9a-f:.%]+)\]|([^\s:/[\]]+)):(\d{1,5})$/i.exec(text) ?? [];
  const host = inBrackets ?? plain;
  if (host === undefined || !(Number(port) <= 65_535))
    throw new InvalidArgumentError('Allowed: host:port or [IPv6 address]:port; port 0 is any free one.');
  return { host, port: Number(port) };
}
