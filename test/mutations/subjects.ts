import { ACCESS_MUTATIONS } from './access.ts';
import { ACTOR_MUTATIONS } from './actors.ts';
import { BROKER_MUTATIONS } from './broker.ts';
import { CLUSTER_MUTATIONS } from './cluster.ts';
import { FILE_MUTATIONS } from './files.ts';
import { FOLLOWER_MUTATIONS } from './followers.ts';
import { JOB_MUTATIONS } from './jobs.ts';
import { HISTORY_MUTATIONS } from './history.ts';
import { JOURNAL_MUTATIONS } from './journals.ts';
import { LEARNING_MUTATIONS } from './learning.ts';
import type { Mutation } from './mutation.ts';
import { PUSH_MUTATIONS } from './push.ts';
import { RULE_MUTATIONS } from './rules.ts';
import { SERVING_MUTATIONS } from './serving.ts';
import { STORE_MUTATIONS } from './stores.ts';
import { SURROUNDINGS_MUTATIONS } from './surroundings.ts';
import { TOUR_MUTATIONS } from './tours.ts';

/** Those that have a file of their subject. */
export const SUBJECT_MUTATIONS: readonly Mutation[] = [
  ...ACCESS_MUTATIONS,
  ...ACTOR_MUTATIONS,
  ...BROKER_MUTATIONS,
  ...CLUSTER_MUTATIONS,
  ...FILE_MUTATIONS,
  ...HISTORY_MUTATIONS,
  ...FOLLOWER_MUTATIONS,
  ...JOB_MUTATIONS,
  ...JOURNAL_MUTATIONS,
  ...LEARNING_MUTATIONS,
  ...PUSH_MUTATIONS,
  ...RULE_MUTATIONS,
  ...SERVING_MUTATIONS,
  ...STORE_MUTATIONS,
  ...SURROUNDINGS_MUTATIONS,
  ...TOUR_MUTATIONS,
];
