import { AppError } from '../../errors.ts';
import type { AggregateStore } from '../../ports/store/aggregate-store.ts';
import { isSameOrder, type PatrolLook, type PatrolOrder, type PatrolState } from './patrol.ts';

/** What was asked for is written by who asks; what is known of it by the daemon, in an aggregate of its own. */
const ORDERS = 'patrol';
export const LOOKS = 'patrol-look';

const ATTEMPTS = 3;

/** An order, and which version of it. */
export interface KeptOrder {
  readonly order: PatrolOrder;
  readonly version: number;
}

/** What a daemon knows of a patrol. */
export interface KeptLook {
  /** Name of the patrol. */
  readonly id: string;
  readonly state: PatrolState;
  readonly look: PatrolLook | null;
  /** Of the order it was looked for. */
  readonly version: number;
}

type Store = Pick<AggregateStore, 'aggregates'>;

/** By name. */
export async function keptOrders(store: Store): Promise<KeptOrder[]> {
  const kept = await store.aggregates(ORDERS);
  return kept.map(({ version, json }) => ({ version, order: JSON.parse(json) as PatrolOrder }));
}

/** By name of their patrols. */
export async function keptLooks(store: Store): Promise<Map<string, KeptLook>> {
  const kept = await store.aggregates(LOOKS);
  return new Map(kept.map(({ id, json }) => [id, JSON.parse(json) as KeptLook]));
}

/** Whether a patrol that is done once was done as it is ordered now. */
export function isDone({ version }: KeptOrder, look: KeptLook | undefined): boolean {
  return look?.state === 'done' && look.version === version;
}

/**
 * Keeps an order. A commander who was on the patrol stays on it since then. What is done already begins again.
 * @throws StoreError; AppError `busy`
 */
export async function keepOrder(
  store: AggregateStore,
  order: PatrolOrder,
): Promise<KeptOrder & { readonly was: 'made' | 'changed' | 'same' }> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = (await keptOrders(store)).find(({ order: { name } }) => name === order.name);
    const look = (await keptLooks(store)).get(order.name);
    const isOver = before === undefined || isDone(before, look);
    if (!isOver && isSameOrder(before.order, order)) return { ...before, was: 'same' };
    const next = isOver
      ? order
      : {
          ...order,
          commanders: order.commanders.map((each) => ({ ...each, sinceS: since(before.order, each) })),
        };
    const version = (before?.version ?? 0) + 1;
    const row = { kind: ORDERS, id: order.name, version, json: JSON.stringify(next) };
    if (await store.putAggregate(row)) return { order: next, version, was: isOver ? 'made' : 'changed' };
  }
  throw new AppError('busy', `patrol ${order.name} changes all the time`, { advice: 'try again' });
}

/** Who gave another start came anew; a name that is spelled otherwise is the same. */
function since({ commanders }: PatrolOrder, now: PatrolOrder['commanders'][number]): number {
  const plain = ({ name, ...rest }: typeof now) =>
    JSON.stringify({ ...rest, name: name.toLowerCase(), sinceS: 0 });
  return commanders.find((before) => plain(before) === plain(now))?.sinceS ?? now.sinceS;
}

/** @returns false: there was none */
export async function removeOrder(store: AggregateStore, name: string): Promise<boolean> {
  const isThere = (await keptOrders(store)).some(({ order }) => order.name === name);
  await store.removeAggregate(ORDERS, name);
  await store.removeAggregate(LOOKS, name);
  return isThere;
}
