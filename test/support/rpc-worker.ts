import { threadModule, type CallContext } from '../../src/infra/threads/rpc.ts';
import { AppError, StoreError } from '../../src/domain/errors.ts';

let calls = 0;

const methods = {
  double: (n: number) => n * 2,
  countCalls: () => ++calls,
  fail: (kind: 'app' | 'store' | 'bug') => {
    if (kind === 'app') throw new AppError('decoder', 'the thing is broken', { advice: 'mend the thing' });
    if (kind === 'store') throw new StoreError('busy', 'somebody else writes');
    throw new TypeError('a bug');
  },
  crash: () => {
    setImmediate(() => {
      throw new Error('out of the blue');
    });
    return new Promise(() => undefined);
  },
  fill: (buffer: ArrayBuffer, { transfer }: CallContext) => {
    new Uint8Array(buffer).fill(7);
    transfer.push(buffer);
    return buffer;
  },
  countTo: async (n: number, { emit }: CallContext) => {
    for (let i = 1; i <= n; i++) await emit(i);
    return 'done';
  },
};

export type RpcMethods = typeof methods;

export default threadModule(() => ({ methods }));
