import type { AnyMachineSnapshot, AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { getStateNodes } from 'xstate/graph';
import { nodesOf } from './model.ts';

/** Which states and transitions of a machine have been seen; each guarded branch is a transition of its own. */
export class Coverage {
  readonly #machine: AnyStateMachine;
  readonly #states: Set<string>;
  readonly #transitions: Set<string>;
  readonly #unseen: Set<string>;

  constructor(machine: AnyStateMachine) {
    this.#machine = machine;
    const nodes = getStateNodes(machine.root);
    this.#states = new Set(nodes.map(({ id }) => id));
    this.#transitions = new Set([machine.root, ...nodes].flatMap(transitionsOf).map(transitionName));
    this.#unseen = new Set([...this.#states, ...this.#transitions]);
  }

  see(snapshot: AnyMachineSnapshot, transitions: readonly AnyTransitionDefinition[]): void {
    for (const { id } of nodesOf(snapshot)) this.#unseen.delete(id);
    for (const transition of transitions) this.#unseen.delete(transitionName(transition));
  }

  get unseen(): string[] {
    return [...this.#unseen];
  }

  toString(): string {
    const seen = (all: Set<string>) => `${all.difference(this.#unseen).size}/${all.size}`;
    return `${this.#machine.id}: states ${seen(this.#states)}, transitions ${seen(this.#transitions)}`;
  }
}

function transitionsOf(node: AnyStateNode): AnyTransitionDefinition[] {
  return [...node.transitions.values(), node.always ?? []].flat();
}

function transitionName(transition: AnyTransitionDefinition): string {
  const source = transition.source as AnyStateNode;
  const type = transition.eventType as string;
  const branches = source.transitions.get(type) ?? source.always ?? [];
  return `${source.id} on ${type === '' ? 'always' : type} #${branches.indexOf(transition) + 1}`;
}
