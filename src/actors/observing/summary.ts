const MAX_DEPTH = 5;
const MAX_ITEMS = 30;
const MAX_TEXT = 300;
const SECRET = /pass(word|wd)?$|secret|token|credential|authori[sz]ation|api_?key|private_?key/i;
const CREDENTIALS_IN_URL = /(\/\/)[^/\s@]+@/g;

/** A JSON-able copy for people to read: bounded in depth, width and length of text, without secrets. Never throws. */
export function summarise(value: unknown, depth = 0): unknown {
  try {
    return summariseAny(value, depth);
  } catch {
    return '(unreadable)';
  }
}

/** The same as one short line. */
export function summaryLine(value: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(value).slice(0, 6);
  return shorten(entries.map(([key, part]) => `${key}: ${phrase(key, part)}`).join(', '), 160);
}

function summariseAny(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return shorten(value.replace(CREDENTIALS_IN_URL, '$1•••@'), MAX_TEXT);
    case 'bigint':
    case 'symbol':
      return String(value);
    case 'function':
      return `function ${value.name}`;
    case 'object':
      return value === null ? null : summariseObject(value, depth);
    default:
      // JSON knows neither NaN nor the infinities.
      return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  }
}

function summariseObject(value: object, depth: number): unknown {
  if (value instanceof Error) return `${value.name}: ${String(summarise(value.message))}`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}(${lengthOf(value)})`;
  if (value instanceof Map || value instanceof Set) return `${value.constructor.name}(${value.size})`;
  if (isActor(value)) return `actor ${value.systemId ?? value.id}`;
  if (Array.isArray(value)) {
    if (depth >= MAX_DEPTH) return `Array(${value.length})`;
    const items = value.slice(0, MAX_ITEMS).map((item: unknown) => summarise(item, depth + 1));
    return value.length > MAX_ITEMS ? [...items, `… ${value.length - MAX_ITEMS} more`] : items;
  }
  if (depth >= MAX_DEPTH) return '{…}';
  const keys = Object.keys(value);
  const copy: Record<string, unknown> = {};
  for (const key of keys.slice(0, MAX_ITEMS)) {
    copy[key] = SECRET.test(key) ? '•••' : summarise((value as Record<string, unknown>)[key], depth + 1);
  }
  if (keys.length > MAX_ITEMS) copy['…'] = `${keys.length - MAX_ITEMS} more`;
  return copy;
}

function phrase(key: string, value: unknown): string {
  if (SECRET.test(key)) return '•••';
  const summary = summarise(value, MAX_DEPTH - 1);
  return typeof summary === 'string' ? summary : JSON.stringify(summary);
}

function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

function lengthOf(view: ArrayBufferView): number {
  return 'length' in view ? Number(view.length) : view.byteLength;
}

function isActor(value: object): value is { id: string; systemId?: string } {
  return 'sessionId' in value && 'send' in value;
}
