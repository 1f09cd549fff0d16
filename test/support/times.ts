/** How often something that falls at random is tried: a few times in the suite, `many` with `npm run test:kills`. */
export function times(few: number, many: number): number {
  return process.env.TDL_TEST_MANY === undefined ? few : many;
}
