import { isObject } from '../../eddn/values.ts';
import type { Finding } from './findings.ts';

/** What is kept of journals: sites, carriers and commanders, each as one aggregate. */
export type Kept = Exclude<Finding, { readonly kind: 'port' }>;

export const KEPT_KINDS = ['site', 'carrier', 'commander'] as const satisfies readonly Kept['kind'][];

type State = Readonly<Record<string, unknown>>;
type Migration = (kind: Kept['kind'], state: State) => State;

/** In their order, each makes of one shape the next: every change of a shape is one more. The first shape is 1. */
const MIGRATIONS: readonly Migration[] = [portWithWhoTold];

/** Of the shapes as they are now. */
const SCHEMA = MIGRATIONS.length + 1;

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
  if (typeof schema !== 'number' || schema < 1 || !isObject(state))
    throw new Error(`no ${kind} of this program`);
  if (schema > SCHEMA) return null;
  const migrated = MIGRATIONS.slice(schema - 1).reduce<State>(
    (before, migrate) => migrate(kind, before),
    state,
  );
  return { kind, [kind]: migrated } as unknown as Kept;
}

/** 2: of a port is also kept who told of it. Only dockings did before. */
function portWithWhoTold(kind: Kept['kind'], { portAtS, ...state }: State): State {
  if (kind !== 'site') return state;
  return { ...state, port: typeof portAtS === 'number' ? { atS: portAtS, by: 'docking' } : null };
}
