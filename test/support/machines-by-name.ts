import { MACHINES } from '../../src/machines/machines.ts';

/** All of them, or the one that Stryker plants its faults in. */
export function machinesByName() {
  const { TDL_TEST_MACHINE: only } = process.env;
  return MACHINES.filter(({ id }) => only === undefined || id === only).map(
    (machine) => [machine.id, machine] as const,
  );
}
