import { commodity } from './commodity.ts';
import type { Schema } from './schema.ts';

/** The schemas that are understood, the one of markets first: `eddn_schema_ref` may name another in its place. */
export const SCHEMAS: readonly [market: Schema, ...others: Schema[]] = [commodity];
