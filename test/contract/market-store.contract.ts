import { describe } from 'vitest';
import { exportContract } from './store-exports.contract.ts';
import { growthContract } from './store-growth.contract.ts';
import { lifeContract } from './store-life.contract.ts';
import { purgeContract } from './store-purge.contract.ts';
import { schemaContract } from './store-schema.contract.ts';
import type { CreateDatabase } from './store-world.ts';
import { writeContract } from './store-writes.contract.ts';

/** What every adapter of the MarketStore port must do. `create` gives an empty database; the suite disposes of it. */
export function marketStoreContract(name: string, create: CreateDatabase): void {
  describe(`${name} store`, () => {
    describe('schema', () => schemaContract(create));
    describe('writes', () => writeContract(create));
    describe('growth', () => growthContract(create));
    describe('exports', () => exportContract(create));
    describe('purge and stats', () => purgeContract(create));
    describe('life', () => lifeContract(create));
  });
}
