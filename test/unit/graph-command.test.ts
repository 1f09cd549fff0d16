import { expect, test } from 'vitest';
import { parseArguments } from '../../src/cli/arguments.ts';
import { graph } from '../../src/cli/daemon/graph.ts';
import { toMermaid } from '../../src/machines/graph.ts';
import { MACHINES } from '../../src/machines/machines.ts';

test('shows every machine, as a diagram', () => {
  const shown = graph({ machine: null, json: false });
  for (const machine of MACHINES) expect(shown).toContain(`%% ${machine.id}\n${toMermaid(machine)}`);
});

test('shows one machine, as a diagram alone', () => {
  expect(graph({ machine: 'guardian', json: false })).toMatch(/^stateDiagram-v2\n/);
});

test('shows machines as JSON', () => {
  const ids = (JSON.parse(graph({ machine: null, json: true })) as { machine: string }[]).map(
    ({ machine }) => machine,
  );
  expect(ids).toEqual(MACHINES.map(({ id }) => id));
  expect(JSON.parse(graph({ machine: 'writer', json: true }))).toMatchObject({ machine: 'writer' });
});

test('a machine that is not there is wrong usage, and the ones that are there are named', () => {
  expect(() => graph({ machine: 'nobody', json: false })).toThrow(/no machine "nobody"/);
});

test.each([
  [['graph'], { verb: 'graph', machine: null, json: false }],
  [['graph', 'writer', '--json'], { verb: 'graph', machine: 'writer', json: true }],
  [['--inspect'], { verb: 'daemon', inspect: 8391 }],
  [['--inspect=9000'], { verb: 'daemon', inspect: 9000 }],
  [[], { verb: 'daemon', inspect: null }],
])('%j is understood', (argv, command) => {
  expect(parseArguments(argv)).toMatchObject(command);
});

test.each([
  [['--inspect=0.0.0.0:8391'], /a whole number from 0 to 65535/],
  [['--inspect=70000'], /from 0 to 65535/],
  [['graph', 'a', 'b'], /too many arguments for 'graph'/],
  [['replay', 'x', '--inspect'], /unknown option '--inspect'/],
])('%j is refused', (argv, message) => {
  expect(() => parseArguments(argv)).toThrow(message);
});
