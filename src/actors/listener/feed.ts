import { fromCallback } from 'xstate';
import type { Catalogue } from '../../domain/market/catalogue.ts';
import { describeError } from '../../domain/errors.ts';
import { BatchStager } from '../../domain/eddn/batch-stager.ts';
import type { Decoder, Feed, FrameBatch, StagedBatch } from '../../domain/ports/market/feed.ts';
import type { StagingRules } from '../../domain/eddn/staging-rules.ts';
import type { FeedCommand } from '../../machines/market/listener.machine.ts';

export interface FeedDeps {
  readonly feed: Feed;
  readonly decoder: Decoder;
  /** Asked for every batch: they may change. */
  readonly rules: () => StagingRules;
  readonly catalogue: () => Catalogue | null;
  /** Reading begins when this resolves: before it, markets would be parked for want of a catalogue being loaded. */
  readonly catalogueReady: Promise<unknown>;
  /** Receives staged batches in the order their messages arrived. */
  readonly deliver: (batch: StagedBatch) => void;
  readonly reportDecodeFailure: (error: string, messages: number) => void;
}

/** Batches being staged at once: enough to keep the decode thread busy, few enough to bound memory. */
const MAX_STAGING = 3;

/** Reads the feed, has every batch staged off the main thread, and delivers the snapshots. */
export function feedLogic(deps: FeedDeps) {
  return fromCallback<FeedCommand>(({ sendBack, receive }) => {
    const { feed } = deps;
    let ended = false;
    let stopping = false;
    const stopped = Promise.withResolvers<undefined>();
    let gate: { readonly open: () => void; readonly opened: Promise<void> } | null = null;
    /** Settles when everything read so far has been delivered. */
    let delivered: Promise<void> = Promise.resolve();
    const staging = new Set<Promise<void>>();

    const openGate = () => {
      gate?.open();
      gate = null;
    };
    const onBatch = async (batch: FrameBatch) => {
      sendBack({ type: 'feed.heard' });
      const before = delivered;
      const staged = stage(deps, batch);
      delivered = (async () => {
        let parts = await staged;
        await before;
        // The first catalogue came while this batch was being staged without one.
        while (deps.catalogue() !== null && parts.some(({ unresolved }) => unresolved.length > 0))
          parts = await stage(deps, batch);
        for (const part of parts) deps.deliver(part);
      })();
      const slot = delivered.finally(() => staging.delete(slot));
      staging.add(slot);
      if (staging.size >= MAX_STAGING) await Promise.race(staging);
      await gate?.opened;
    };

    receive((command) => {
      if (command.type === 'flow.resume') openGate();
      else if (command.type === 'flow.pause') {
        const { promise: opened, resolve: open } = Promise.withResolvers<undefined>();
        gate ??= {
          opened,
          open: () => {
            open(undefined);
          },
        };
      } else {
        stopping = true;
        stopped.resolve(undefined);
        feed.close();
        openGate();
      }
    });

    void Promise.race([deps.catalogueReady, stopped.promise])
      .then(() =>
        ended || stopping
          ? undefined
          : feed.read({ onConnected: () => sendBack({ type: 'feed.connected' }), onBatch }),
      )
      .then(async () => {
        await delivered;
        if (!ended) sendBack({ type: stopping ? 'feed.closed' : 'feed.ended' });
      })
      .catch(async (error: unknown) => {
        await delivered;
        if (!ended) sendBack({ type: 'feed.failed', error: describeError(error) });
      });

    return () => {
      ended = true;
      feed.close();
      openGate();
    };
  });
}

/**
 * A batch that a worker failed on is staged message by message, so that one does not cost the others; what fails again
 * is given up and counted: no message vanishes unseen.
 */
async function stage(deps: FeedDeps, batch: FrameBatch): Promise<readonly StagedBatch[]> {
  const attempt = (part: FrameBatch) => deps.decoder.decode(part, deps.catalogue(), deps.rules());
  try {
    return [await attempt(batch)];
  } catch {
    const parts: StagedBatch[] = [];
    let failed = 0;
    let lastError: unknown;
    for (const frame of batch.frames) {
      try {
        parts.push(await attempt({ ...batch, frames: [frame] }));
      } catch (error) {
        failed++;
        lastError = error;
      }
    }
    if (failed > 0) {
      deps.reportDecodeFailure(describeError(lastError), failed);
      parts.push(refused(failed));
    }
    return parts;
  }
}

function refused(messages: number): StagedBatch {
  const rejected = { 'decoder failed': messages };
  return { ...new BatchStager(null).finish(), received: messages, rejected };
}
