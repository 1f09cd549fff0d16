import { isObject } from '../../eddn/values.ts';
import type { Finding } from './findings.ts';

/** What is kept of journals: sites, carriers and commanders, each as one aggregate. */
export type Kept = Exclude<Finding, { readonly kind: 'port' }>;

export const KEPT_KINDS = ['site', 'carrier', 'commander'] as const satisfies readonly Kept['kind'][];

/** Of the shapes below; every change of them is a number more, and a migration. */
const SCHEMA = 1;

/** By the number of the shape that it takes: makes the next one of it. */
const MIGRATIONS: Readonly<Record<number, (state: unknown) => unknown>> = {};

export function keptId(kept: Kept): string {
  switch (kept.kind) {
    case 'site':
      return String(kept.site.marketId);
    case 'carrier':
      return String(kept.carrier.carrierId);
    case 'commander':
      return kept.commander.fid;
  }
}

export function writeKept(kept: Kept): string {
  const state = kept.kind === 'site' ? kept.site : kept.kind === 'carrier' ? kept.carrier : kept.commander;
  return JSON.stringify({ schema: SCHEMA, state });
}

/**
 * @returns null: a later version of the program wrote it: it is left as it is
 * @throws Error: it is damaged
 */
export function readKept(kind: Kept['kind'], json: string): Kept | null {
  const { schema, state } = JSON.parse(json) as { readonly schema?: unknown; readonly state?: unknown };
  if (typeof schema !== 'number' || !isObject(state)) throw new Error(`no ${kind} of this program`);
  if (schema > SCHEMA) return null;
  let migrated: unknown = state;
  for (let from = schema; from < SCHEMA; from++) migrated = MIGRATIONS[from]?.(migrated);
  return { kind, [kind]: migrated } as unknown as Kept;
}
