import type { Mutation } from './mutation.ts';

/** Of what holds when disks, containers and senders misbehave. */
export const SURROUNDINGS_MUTATIONS: readonly Mutation[] = [
  {
    guarantee: 'of two containers on one data directory one daemon runs',
    fault: 'the number of a process is asked in whatever namespace',
    file: 'src/infra/process/instance-lock.ts',
    from: ' || owner.pidNamespace !== here.pidNamespace',
    to: '',
    tests: ['test/integration/instance-lock.test.ts'],
  },
  {
    guarantee: 'small messages that take long to parse cost nobody a message',
    fault: 'how many values a message has is not looked at',
    file: 'src/infra/feed/stage-batch.ts',
    from: 'if (hasTooManyValues(bytes)) {',
    to: 'if (bytes.length < 0) {',
    tests: ['test/unit/long-messages.test.ts'],
  },
  {
    guarantee: 'a message on which a thread fails costs none beside it',
    fault: 'a batch that failed is given up as a whole',
    file: 'src/actors/listener/feed.ts',
    from: 'parts.push(await attempt({ ...batch, frames: [frame] }));',
    to: "throw new Error('given up');",
    tests: ['test/fault/listener.test.ts'],
  },
  {
    guarantee: 'what is in the spool survives its file',
    fault: 'nobody looks whether the file is still there',
    file: 'src/infra/spool/spool-place.ts',
    from: 'isKept: () => own !== null && inodeOf(file) === own,',
    to: 'isKept: () => true,',
    tests: ['test/integration/spool-vanished.test.ts'],
  },
  {
    guarantee: 'a dump leaves the disk to the database, the spool and the public files',
    fault: 'what has filled the disk up to the reserve is kept',
    file: 'src/infra/spansh/download.ts',
    from: 'if (error instanceof AppError || isFull(error)) await rm(part, { force: true });',
    to: '',
    tests: ['test/fault/dump-disk.test.ts'],
  },
];
