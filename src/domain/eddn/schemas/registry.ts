import { approachSettlement } from './approach-settlement.ts';
import { commodity } from './commodity.ts';
import { dockingGranted } from './docking-granted.ts';
import { journal } from './journal.ts';
import { navRoute } from './nav-route.ts';
import type { Schema } from './schema.ts';
import { outfitting2, outfitting3, shipyard } from './vendors.ts';

/** The schemas that are understood, the one of markets first: `eddn_schema_ref` may name another in its place. */
export const SCHEMAS: readonly [market: Schema, ...others: Schema[]] = [
  commodity,
  journal,
  outfitting2,
  outfitting3,
  shipyard,
  approachSettlement,
  dockingGranted,
  navRoute,
];
