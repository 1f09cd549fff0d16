import type { NamedSubscription, WatchDefinition } from '../../push/definition.ts';
import type { DefinitionEnd } from './push.ts';

/** What became of one that was to be made: `other`: there is one of that name that watches something else. */
export type Added =
  | { readonly outcome: 'made' | 'there' | 'other'; readonly subscription: NamedSubscription }
  | { readonly outcome: 'full' };

/** Subscriptions that have a name. What was made is in the database; each rejects with a StoreError while it is away. */
export interface NamedSubscriptions {
  /** By name. */
  list(): Promise<readonly NamedSubscription[]>;
  get(id: string): Promise<NamedSubscription | undefined>;
  /** Resolves when it is kept. */
  add(name: string, watch: WatchDefinition, madeBy: string): Promise<Added>;
  /** @returns false: there is none that was made; those of the configuration stay */
  remove(id: string): Promise<boolean>;
  /** Whoever listens by that name is told when it ends. @returns tells no more */
  listen(id: string, end: (reason: DefinitionEnd) => void): () => void;
}
