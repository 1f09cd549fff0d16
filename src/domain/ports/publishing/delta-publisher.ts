import type { DeltaKind } from '../../deltas/deltas.ts';

interface DeltaPlan {
  /** Null: nothing has to be made now. */
  readonly due: DeltaKind | null;
  /** Until the next look. */
  readonly restMs: number;
}

export interface MadeDelta {
  readonly kind: DeltaKind;
  /** Null: nothing had changed, or nobody knows what had: then the next full file is a new base. */
  readonly delta: {
    readonly name: string;
    readonly fromSeq: number;
    readonly toSeq: number;
    readonly rows: number;
    readonly stations: number;
    readonly emptied: number;
  } | null;
  /** The change log does not reach back to where the last one ended, or is another one. */
  readonly isBroken: boolean;
}

/** Files of what has changed, and where they are. */
export interface DeltaPublisherPorts {
  /** False: none are made. */
  readonly enabled: boolean;
  /** Takes away what a kill has left, and looks which delta is due. */
  plan(signal: AbortSignal): Promise<DeltaPlan>;
  /** Makes one, whole or not at all; the next one begins where it ends. */
  make(kind: DeltaKind, signal: AbortSignal): Promise<MadeDelta>;
}
