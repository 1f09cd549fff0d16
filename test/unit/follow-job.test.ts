import { expect, test } from 'vitest';
import { followJob } from '../../src/cli/jobs/follow.ts';
import { AppError } from '../../src/domain/errors.ts';

/** A daemon that makes a job and then has this trouble. */
const troubled = (trouble: AppError) => ({
  pid: 1,
  call: (method: string) =>
    method === 'jobs.create' ? Promise.resolve({ id: 'hun2g47o' }) : Promise.reject(trouble),
});

const follow = (trouble: AppError) =>
  followJob(troubled(trouble), { kind: 'replay', files: [], again: false });

test('a daemon that goes meanwhile takes its job up again, and whoever follows it is told so', async () => {
  await expect(follow(new AppError('control', 'the daemon does not answer'))).rejects.toMatchObject({
    message: 'the daemon that does this as job hun2g47o has gone',
    advice: 'the job goes on when it is started again: then tdl jobs show hun2g47o tells of it',
  });
});

test('what the daemon says is said', async () => {
  const refusal = new AppError('usage', 'there is no job hun2g47o');
  await expect(follow(refusal)).rejects.toBe(refusal);
});
