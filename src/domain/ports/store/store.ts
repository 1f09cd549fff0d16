import type { ChangeStore } from './changes.ts';
import type { GalaxyStore } from './galaxy-store.ts';
import type { LearningStore } from './learning-store.ts';
import type { MarketStore } from './market-store.ts';
import type { AggregateStore } from './aggregate-store.ts';
import type { TokenStore } from './token-store.ts';

/** A whole Trade Dangerous database. */
export interface Store extends MarketStore, GalaxyStore, LearningStore, ChangeStore {}

/** With what stands beside it for others than the system. */
export interface WholeStore extends Store, TokenStore, AggregateStore {}
