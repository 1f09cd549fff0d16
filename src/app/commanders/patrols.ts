import { AppError } from '../../domain/errors.ts';
import { didYouMean } from '../../domain/nearest.ts';
import type { AggregateStore } from '../../domain/ports/store/aggregate-store.ts';
import { describePatrol, type DescribedPatrol } from '../../domain/tours/patrols/describe-patrol.ts';
import {
  isDone,
  keepOrder,
  keptLooks,
  keptOrders,
  removeOrder,
  type KeptLook,
  type KeptOrder,
} from '../../domain/tours/patrols/patrol-orders.ts';
import type { KeptPatrol } from '../../domain/ports/commanders/patrols.ts';
import { tourOfPatrol } from '../../domain/tours/scout-tour.ts';
import type { Bootstrap } from '../bootstrap.ts';
import { withQueries } from '../http/questions.ts';
import { storedTours } from './tours.ts';

export type { DescribedPatrol };

/** Patrols that are kept, by name. What no daemon has looked at lately is `idle`: nobody knows. */
export async function keptPatrols(store: Pick<AggregateStore, 'aggregates'>): Promise<DescribedPatrol[]> {
  const [orders, looks, tours] = [await keptOrders(store), await keptLooks(store), await storedTours(store)];
  const nowS = Math.floor(Date.now() / 1_000);
  return orders.map((kept) => {
    const { name } = kept.order;
    return describePatrol(patrolOf(kept, looks.get(name), nowS), tourOfPatrol(tours, name));
  });
}

function patrolOf(kept: KeptOrder, found: KeptLook | undefined, nowS: number): KeptPatrol {
  const { order, version } = kept;
  if (found?.version !== version) return { order, state: 'idle', look: null };
  const { look } = found;
  const isKnown = isDone(kept, found) || (look !== null && nowS <= look.validUntilS);
  return { order, look, state: isKnown ? found.state : 'idle' };
}

/** @throws AppError `usage`: there is none */
export async function keptPatrol(
  store: Pick<AggregateStore, 'aggregates'>,
  name: string,
): Promise<DescribedPatrol> {
  const patrols = await keptPatrols(store);
  const found = patrols.find((patrol) => patrol.name === name);
  if (found === undefined) throw noPatrol(name, patrols);
  return found;
}

/**
 * Makes a patrol, or changes the one of that name; a daemon sees that within half a minute.
 * @param asked as the API names it
 * @throws AppError `usage`
 */
export async function addPatrol(
  base: Bootstrap,
  store: AggregateStore,
  name: string,
  asked: Readonly<Record<string, string>>,
): Promise<'made' | 'changed' | 'same'> {
  const { readPatrol, patrolOrderOf } = await import('../../infra/http/routes/patrols.ts');
  const order = await withQueries(base, (queries) => {
    const body = readPatrol(name, asked);
    const deps = { queries, commodities: () => [], now: () => Date.now() };
    return patrolOrderOf(deps, { name, madeBy: null }, body);
  });
  return (await keepOrder(store, order)).was;
}

/** @throws AppError `usage`: there is none */
export async function removePatrol(store: AggregateStore, name: string): Promise<void> {
  if (await removeOrder(store, name)) return;
  throw noPatrol(name, await keptPatrols(store));
}

function noPatrol(name: string, patrols: readonly DescribedPatrol[]): AppError {
  const names = patrols.map((patrol) => patrol.name);
  return new AppError('usage', `there is no patrol "${name}"`, {
    advice: didYouMean(name, names, 'see tdl patrol list'),
  });
}
