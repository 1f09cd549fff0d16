import { ACCESS_MUTATIONS } from './access.ts';
import type { Mutation } from './mutation.ts';
import { RULE_MUTATIONS } from './rules.ts';
import { SURROUNDINGS_MUTATIONS } from './surroundings.ts';
import { TOUR_MUTATIONS } from './tours.ts';

/** Those that have a file of their subject. */
export const SUBJECT_MUTATIONS: readonly Mutation[] = [
  ...ACCESS_MUTATIONS,
  ...RULE_MUTATIONS,
  ...SURROUNDINGS_MUTATIONS,
  ...TOUR_MUTATIONS,
];
