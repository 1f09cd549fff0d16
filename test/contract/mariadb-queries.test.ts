import { describe } from 'vitest';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { storeThreadsHere } from '../support/threads-here.ts';
import { whenMany } from '../support/times.ts';
import { apiFiltersContract } from './api-filters.contract.ts';
import { apiGoneContract } from './api-gone.contract.ts';
import { apiPlausibilityContract } from './api-plausibility.contract.ts';
import { apiContract } from './api.contract.ts';
import { createMariadbDatabase } from './mariadb-database.ts';
import { tourPlanContract } from './tour-plan.contract.ts';
import { ardentContract } from './ardent.contract.ts';
import { ardentSystemContract } from './ardent-system.contract.ts';
import { ardentToldContract } from './ardent-told.contract.ts';
import { colonisationContract } from './colonisation.contract.ts';
import { mapContract } from './map.contract.ts';
import { tagsContract } from './tags.contract.ts';
import { recordContract } from './query-records.contract.ts';
import { searchContract } from './query-searches.contract.ts';
import { useQueryWorld } from './query-world.ts';
import { writtenContract } from './query-written.contract.ts';

storeThreadsHere();

describeMariadb('with a server', () => {
  const server = useMariadb();
  describe.each(['v12', 'v13'] as const)('MariaDB %s questions', (generation) => {
    const world = useQueryWorld(() => createMariadbDatabase(server), generation);
    describe('records', () => recordContract(world));
    describe('API', () => apiContract(world, generation));
    describe('API, plausibility', () => apiPlausibilityContract(world));
    describe('API, filters', () => apiFiltersContract(world, generation));
    describe('API, gone', () => apiGoneContract(world));
    describe('map', () => mapContract(world, generation));
    describe('tags', () => tagsContract(world));
    describe('Ardent', () => ardentContract(world, generation));
    describe('Ardent, in a system', () => ardentSystemContract(world, generation));
    describe('Ardent, told', () => ardentToldContract(world, generation));
    describe('searches', () => searchContract(world, generation));
    describe('written', () =>
      writtenContract(useQueryWorld(() => createMariadbDatabase(server), generation)));
    const planning = generation === 'v13' ? describe : whenMany(describe);
    planning('tours', () => tourPlanContract(world));
    describe('colonisation', () => colonisationContract(world, generation));
  });
});
