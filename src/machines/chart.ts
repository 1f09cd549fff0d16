import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { eventName, guardName, isOurs, name, sourceName } from './graph.ts';

/** A state of a {@link Chart}. `path` is dotted from the machine's root (whose path is empty). */
export interface ChartNode {
  readonly path: string;
  readonly key: string;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  /** Paths entered by default. */
  readonly initial: readonly string[];
  readonly invokes: readonly string[];
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  /** Transitions without a target: the state reacts and stays. */
  readonly reactions: readonly ChartTransition[];
  readonly states: readonly ChartNode[];
}

interface ChartTransition {
  /** As {@link transitionId} gives it. */
  readonly id: string;
  readonly event: string;
  readonly guard: string | null;
  readonly actions: readonly string[];
}

interface ChartEdge extends ChartTransition {
  readonly from: string;
  readonly to: string;
}

/** One machine's statechart as plain data. */
export interface Chart {
  readonly machine: string;
  readonly root: ChartNode;
  readonly edges: readonly ChartEdge[];
}

/** Reads a machine's definition. */
export function toChart(machine: AnyStateMachine): Chart {
  const edges: ChartEdge[] = [];
  const root = chartNode(machine.root, edges);
  return { machine: machine.id, root, edges };
}

/** Which transition of its machine this is: the same in every copy that `provide` makes; null for an initial one. */
export function transitionId(transition: AnyTransitionDefinition): string | null {
  const source = transition.source as AnyStateNode;
  const eventType = String(transition.eventType);
  const index = siblings(source, eventType).indexOf(transition);
  return index < 0 ? null : `${source.path.join('.')}|${eventType}|${index}`;
}

function siblings(node: AnyStateNode, eventType: string): readonly AnyTransitionDefinition[] {
  return (eventType === '' ? node.always : node.transitions.get(eventType)) ?? [];
}

function chartNode(node: AnyStateNode, edges: ChartEdge[]): ChartNode {
  const path = pathOf(node);
  const reactions: ChartTransition[] = [];
  for (const transition of [...node.transitions.values(), node.always ?? []].flat()) {
    const { guard, actions, target } = transition;
    const eventType = String(transition.eventType);
    const drawn: ChartTransition = {
      id: transitionId(transition) ?? '',
      event: eventType === '' ? 'always' : eventName(node, eventType),
      guard: guard === undefined ? null : guardName(guard),
      actions: actions.map(name),
    };
    if (target === undefined) reactions.push(drawn);
    else for (const to of target as AnyStateNode[]) edges.push({ ...drawn, from: path, to: pathOf(to) });
  }
  const states = Object.values(node.states);
  return {
    path,
    key: node.key,
    type: node.type,
    initial: states.length === 0 ? [] : (node.initial.target as AnyStateNode[]).map(pathOf),
    invokes: node.invoke.map(({ src }) => sourceName(src)),
    entry: node.entry.filter(isOurs).map(name),
    exit: node.exit.filter(isOurs).map(name),
    reactions,
    states: states.map((child) => chartNode(child, edges)),
  };
}

function pathOf(node: AnyStateNode): string {
  return node.path.join('.');
}
