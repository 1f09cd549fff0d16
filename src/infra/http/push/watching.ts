import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { canonicalWatch, type WatchDefinition } from '../../../domain/push/definition.ts';
import type { Watch } from '../../../domain/push/watch.ts';
import type { ApiDeps } from '../api/deps.ts';
import type { HttpApp } from '../app.ts';
import { parse } from '../api/endpoint.ts';
import { ApiError } from '../api/errors.ts';
import { defined } from '../api/filters.ts';
import type { Goods } from '../api/goods.ts';
import * as parameters from '../api/parameters.ts';
import type { BuildNeeds } from './builds.ts';
import { resolvePlace, resolveSystem } from '../api/places.ts';

/** What is watched, in an address, in the body of a request, and in the configuration. */
export const watchShape = {
  markets: parameters.marketIds.optional(),
  systems: parameters.places.optional(),
  near: parameters.place.optional(),
  within: parameters.within(50),
  commodities: parameters.names.optional(),
  builds: parameters.names
    .optional()
    .describe('Goods still to be bought for these builds (market ids or names), where they are sold'),
  side: z.enum(['supply', 'demand']).optional(),
  minPrice: parameters.whole(1, 1_000_000_000).optional(),
  maxPrice: parameters.whole(1, 1_000_000_000).optional(),
  minUnits: parameters.whole(0, 2_000_000_000).optional(),
};

const named = z.strictObject({
  name: z
    .string('a name is needed')
    .regex(/^(?!\.{1,2}$)[\w.-]{1,64}$/, 'up to 64 letters, digits, ".", "_" and "-" make a name'),
  ...watchShape,
});

/** As it was written, with its name. @throws ApiError 400 that says what makes no sense */
export function readNamed(value: unknown): { readonly name: string; readonly watch: WatchDefinition } {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const { name, ...watch } = parse(named, isObject ? value : {});
  if (isObject && 'within' in value && watch.near === undefined && watch.builds === undefined) {
    throw new ApiError(400, 'within: it says how far around `near`, which is missing');
  }
  return { name, watch: definitionOf(watch) };
}

/** What of it is watched, as it was written. */
export function definitionOf(asked: z.output<z.ZodObject<typeof watchShape>>): WatchDefinition {
  const { markets, systems, near, within, commodities, builds, side, minPrice, maxPrice, minUnits } = asked;
  const isPlace = near !== undefined || builds !== undefined;
  const place = { near, within: isPlace ? within : undefined };
  return defined({ markets, systems, ...place, commodities, builds, side, minPrice, maxPrice, minUnits });
}

/** What somebody wants to be told of. @throws ApiError: nothing has this name, or several have */
export async function watchOf(
  { queries, builds: needs }: Pick<ApiDeps, 'queries'> & { readonly builds?: BuildNeeds },
  goods: Goods,
  { builds, ...definition }: WatchDefinition,
): Promise<Watch> {
  if (builds !== undefined) {
    if (needs === undefined) throw new ApiError(404, 'builds: this daemon follows no journals');
    const { itemIds, near } = await needs.stillNeeded(builds, goods);
    const { markets, systems, side = 'supply' } = definition;
    const isPlaced = (markets ?? systems) !== undefined || definition.near !== undefined || near === null;
    const watch = await watchOf({ queries }, goods, {
      ...{ ...definition, side },
      ...(!isPlaced && { near }),
    });
    return { ...watch, itemIds: watch.itemIds?.intersection(itemIds) ?? itemIds };
  }
  const { markets, systems, near, within = 0, commodities, side, minPrice, maxPrice, minUnits } = definition;
  const systemIds = await Promise.all((systems ?? []).map((name) => resolveSystem(queries, name)));
  const itemIds = await Promise.all((commodities ?? []).map((name) => goods.idOf(name)));
  const point = near === undefined ? undefined : await resolvePlace(queries, near);
  return defined({
    marketIds: markets === undefined ? undefined : new Set(markets),
    systemIds: systems === undefined ? undefined : new Set(systemIds.map(({ id }) => id)),
    itemIds: commodities === undefined ? undefined : new Set(itemIds),
    near: point === undefined ? undefined : { x: point.x, y: point.y, z: point.z, withinLy: within },
    ...{ side, minPrice, maxPrice, minUnits },
  });
}

/**
 * Another one for another definition: a place in the log is told of one of them.
 * @param itemIds what it comes to now, where that may become something else
 */
export function tagOf(definition: WatchDefinition, itemIds: ReadonlySet<number> = new Set()): string {
  const text = [canonicalWatch(definition), ...[...itemIds].sort((a, b) => a - b)].join();
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** What builds need is not for everybody: answers whoever may not know it. @returns whether he may */
export async function admitsTo(
  { builds }: WatchDefinition,
  needs: BuildNeeds | undefined,
  {
    app,
    request,
    reply,
  }: { readonly app: HttpApp; readonly request: FastifyRequest; readonly reply: FastifyReply },
): Promise<boolean> {
  if (builds !== undefined && needs?.isPublic === false) await app.admit?.(request, reply, 'journal');
  return !reply.sent;
}
