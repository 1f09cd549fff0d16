import type { GalaxyStore } from './galaxy-store.ts';
import type { LearningStore } from './learning-store.ts';
import type { MarketStore } from './market-store.ts';

/** A whole Trade Dangerous database. */
export interface Store extends MarketStore, GalaxyStore, LearningStore {}
