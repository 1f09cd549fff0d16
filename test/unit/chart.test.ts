import { describe, expect, test } from 'vitest';
import type { AnyStateNode } from 'xstate';
import { toChart, type ChartNode } from '../../src/machines/chart.ts';
import { MACHINES } from '../../src/machines/machines.ts';

describe.each(MACHINES.map((machine) => [machine.id, machine] as const))('the chart of %s', (_, machine) => {
  const { root, edges } = toChart(machine);
  const nodes = everyNode(root);

  test('has every state of the machine, once', () => {
    expect(nodes.map(({ path }) => path).sort()).toEqual(statePaths(machine.root).sort());
  });

  test('has edges between states only, and a name for every transition', () => {
    const paths = new Set(nodes.map(({ path }) => path));
    for (const { from, to, id } of edges) {
      expect(paths).toContain(from);
      expect(paths).toContain(to);
      expect(id).not.toBe('');
    }
    const ids = [...edges, ...nodes.flatMap(({ reactions }) => reactions)].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('is plain data', () => {
    expect(JSON.parse(JSON.stringify(toChart(machine)))).toEqual(toChart(machine));
  });
});

function everyNode(node: ChartNode): ChartNode[] {
  return [node, ...node.states.flatMap(everyNode)];
}

function statePaths(node: AnyStateNode): string[] {
  return [node.path.join('.'), ...Object.values(node.states).flatMap(statePaths)];
}
