import { describe } from 'vitest';
import { changedListingsContract } from './store-changed-listings.contract.ts';
import { changesContract } from './store-changes.contract.ts';
import { exportContract } from './store-exports.contract.ts';
import { galaxyGuardContract } from './store-galaxy-guards.contract.ts';
import { galaxyImportContract } from './store-galaxy-import.contract.ts';
import { galaxyTableContract } from './store-galaxy-tables.contract.ts';
import { growthContract } from './store-growth.contract.ts';
import { learningContract } from './store-learning.contract.ts';
import { learningMergesContract } from './store-learning-merges.contract.ts';
import { learningOrdersContract } from './store-learning-orders.contract.ts';
import { identityContract } from './store-identity.contract.ts';
import { lifeContract } from './store-life.contract.ts';
import { orderContract } from './store-order.contract.ts';
import { plausibilityContract } from './store-plausibility.contract.ts';
import { publishedLiveContract } from './store-published-live.contract.ts';
import { publishedSetContract } from './store-published-set.contract.ts';
import { purgeContract } from './store-purge.contract.ts';
import { schemaContract } from './store-schema.contract.ts';
import { tokenContract } from './store-tokens.contract.ts';
import { vendorContract } from './store-vendors.contract.ts';
import { journalContract } from './store-journals.contract.ts';
import { aggregateContract } from './store-aggregates.contract.ts';
import { hasSharedData } from '../support/shared-data.ts';
import type { CreateDatabase } from './store-world.ts';
import { writeContract } from './store-writes.contract.ts';

/**
 * What every adapter of the MarketStore and GalaxyStore ports must do, besides {@link busyStoreContract}. `create` gives an
 * empty database; the suite disposes of it.
 */
export function marketStoreContract(name: string, create: CreateDatabase): void {
  describe(`${name} store`, () => {
    describe('schema', () => schemaContract(create));
    describe('writes', () => writeContract(create));
    describe('order', () => orderContract(create));
    describe('identity', () => identityContract(create));
    describe('growth', () => growthContract(create));
    describe('purge and stats', () => purgeContract(create));
    describe.each(['v12', 'v13'] as const)('%s galaxy', (generation) => {
      describe('learning', () => learningContract(create, generation));
      describe('learning beside dumps', () => learningMergesContract(create, generation));
      describe('learning of vendors', () => vendorContract(create, generation));
      describe.skipIf(!hasSharedData)('learning in any order', () =>
        learningOrdersContract(create, generation),
      );
      describe('imports', () => galaxyImportContract(create, generation));
      describe('guards', () => galaxyGuardContract(create, generation));
      describe('tables', () => galaxyTableContract(create, generation));
      describe('published set', () => publishedSetContract(create, generation));
      describe('live and baseline', () => publishedLiveContract(create, generation));
    });
    describe('plausibility', () => plausibilityContract(create));
    describe('aggregates', () => aggregateContract(create));
    describe('journals', () => journalContract(create));
    describe('tokens', () => tokenContract(create));
    describe('changed listings', () => changedListingsContract(create));
    describe('changes', () => changesContract(create));
  });
}

/** What such an adapter must do when much goes on at once. Its threads, if it has any, are real ones. */
export function busyStoreContract(name: string, create: CreateDatabase): void {
  describe(`${name} store`, () => {
    describe('life', () => lifeContract(create));
    describe('exports', () => exportContract(create));
  });
}
