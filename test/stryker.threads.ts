import { loadThreads, storeThreadsHere } from './support/threads-here.ts';

/**
 * A set-up file of Stryker's: in threads the fault that it tries is not. What is made while modules load is made before
 * the tests.
 */
storeThreadsHere();
loadThreads();
