export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

export const isAbsent = (value: unknown) => value === undefined || value === null || value === '';

/** @returns null when it is none: 1 ... 2^53-1, or the digits of it */
export function toMarketId(value: unknown): number | null {
  const id = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof id === 'number' && Number.isSafeInteger(id) && id >= 1 ? id : null;
}

const MAX_TEXT_LENGTH = 128;

/** Text from the feed made fit for a log line. */
export function plainText(text: string): string {
  return text.slice(0, MAX_TEXT_LENGTH).replace(/\p{C}/gu, ' ');
}

/** Who sent a message and about what, for the debug log; harmless text of bounded length. */
export function describeMessage(message: unknown): string {
  const part = (source: unknown, key: string) => {
    const value = isObject(source) ? source[key] : undefined;
    return typeof value === 'string' || typeof value === 'number' ? plainText(String(value)) : '?';
  };
  const { header, message: body } = isObject(message) ? message : {};
  return (
    `${part(header, 'softwareName')} ${part(header, 'softwareVersion')}: market ${part(body, 'marketId')}, ` +
    `${part(body, 'stationName')} in ${part(body, 'systemName')} at ${part(body, 'timestamp')}`
  );
}
