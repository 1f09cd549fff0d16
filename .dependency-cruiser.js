/** Of everything that runs and every type: no circle. The directions between rooms are in eslint.config.js. */
export default {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'What two files know of each other belongs into a third one, or into one of them.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphan',
      comment: 'Nothing imports it and it imports nothing: is it still used?',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.d\\.ts$', 'fixtures/', '^docs/examples/', '^test/stryker\\.'] },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
