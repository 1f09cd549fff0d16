import type { PatrolLook, PatrolOrder, PatrolState } from '../../tours/patrols/patrol.ts';

/** A patrol as it is now. */
export interface KeptPatrol {
  readonly order: PatrolOrder;
  readonly state: PatrolState;
  /** Null: the region has not been looked at since it was asked for. */
  readonly look: PatrolLook | null;
}

/** Patrols that stand, and those done once lately. */
export interface Patrols {
  /** By name. */
  list(): readonly KeptPatrol[];
  get(name: string): KeptPatrol | undefined;
  /**
   * Makes a patrol, or changes the one of that name. Resolves when it is kept and has looked at its region, or has tried to.
   * @returns `same`: there is one like it already
   * @throws StoreError: it was not kept
   */
  put(order: PatrolOrder): Promise<'made' | 'changed' | 'same'>;
  /** Its commanders are called back. @returns false: there was none of that name */
  remove(name: string): Promise<boolean>;
  /** Tells every look, and with null that it is removed; it must not throw. @returns ends that */
  follow(listener: (name: string, patrol: KeptPatrol | null) => void): () => void;
}
