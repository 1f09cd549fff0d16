import { fromCallback } from 'xstate';
import type { Catalogue } from '../../domain/market/catalogue.ts';
import { describeError } from '../../domain/errors.ts';
import type { Decoder, Feed, FrameBatch, StagedBatch } from '../../domain/ports/feed.ts';
import type { StagingRules } from '../../domain/eddn/staging-rules.ts';
import type { FeedCommand } from '../../machines/listener.machine.ts';

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
        let result = await staged;
        await before;
        // The first catalogue came while this batch was being staged without one.
        while (result.unresolved.length > 0 && deps.catalogue() !== null) result = await stage(deps, batch);
        deps.deliver(result);
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

/** A batch that a worker failed on is tried once more, then given up and counted: no message vanishes unseen. */
async function stage(deps: FeedDeps, batch: FrameBatch): Promise<StagedBatch> {
  const attempt = () => deps.decoder.decode(batch, deps.catalogue(), deps.rules());
  try {
    return await attempt().catch(attempt);
  } catch (error) {
    deps.reportDecodeFailure(describeError(error), batch.frames.length);
    return {
      received: batch.frames.length,
      newestGatewayS: 0,
      snapshots: [],
      unresolved: [],
      records: [],
      learned: 0,
      rejected: { 'decoder failed': batch.frames.length },
      rejectedRows: {},
      unknownCommodities: {},
      samples: [],
    };
  }
}
