import type { AnyStateMachine, AnyStateNode } from 'xstate';

/** One machine as a Mermaid `stateDiagram-v2`: states with tags, transitions with guards and actions, entries and invokes. */
export function toMermaid(machine: AnyStateMachine): string {
  return ['stateDiagram-v2', ...drawNode(machine.root, '  '), ''].join('\n');
}

function drawNode(node: AnyStateNode, indent: string): string[] {
  const children = Object.values(node.states);
  const id = nodeId(node);
  const head = `${indent}state "${node.key}" as ${id}`;
  const inner = `${indent}  `;
  const lines = children.length === 0 ? [head] : [`${head} {`];
  if (children.length > 0) {
    for (const target of node.initial.target as AnyStateNode[])
      lines.push(`${inner}[*] --> ${nodeId(target)}`);
  }
  for (const child of children) lines.push(...drawNode(child, inner));
  if (children.length > 0) lines.push(`${indent}}`);
  for (const note of [
    ...(node.tags.length > 0 ? [`tags / ${node.tags.join(', ')}`] : []),
    ...node.invoke.map(({ src }) => `invoke / ${sourceName(src)}`),
    ...node.entry.filter(isOurs).map((action) => `entry / ${name(action)}`),
    ...node.exit.filter(isOurs).map((action) => `exit / ${name(action)}`),
  ]) {
    lines.push(`${indent}${id} : ${note}`);
  }
  if (node.type === 'final') lines.push(`${indent}${id} --> [*]`);
  return [...lines, ...drawTransitions(node, indent)];
}

function drawTransitions(node: AnyStateNode, indent: string): string[] {
  const id = nodeId(node);
  const all = [...node.transitions.values(), ...(node.always === undefined ? [] : [node.always])].flat();
  return all.map(({ eventType, target, guard, actions, reenter }) => {
    const event = eventType === '' ? 'always' : eventName(node, String(eventType));
    const label = [
      event,
      guard === undefined ? '' : `[${guardName(guard)}]`,
      actions.length === 0 ? '' : `/ ${actions.map(name).join(', ')}`,
      reenter && target?.includes(node) === true ? '(re-entered)' : '',
    ]
      .filter((part) => part !== '')
      .join(' ');
    if (target === undefined) return `${indent}${id} : ${label}`;
    return (target as AnyStateNode[]).map((to) => `${indent}${id} --> ${nodeId(to)} : ${label}`).join('\n');
  });
}

function nodeId(node: AnyStateNode): string {
  return [node.machine.id, ...node.path].join('_').replaceAll('-', '_');
}

/** `xstate.after.NAME.*` and `xstate.done.actor.*` in the words of the machine file. */
export function eventName(node: AnyStateNode, eventType: string): string {
  const after = /^xstate\.after\.(.+)\.[^.]+(\..*)?$/.exec(eventType);
  if (eventType.startsWith('xstate.after.')) {
    return `after ${after?.[1]?.split('.')[0] ?? eventType}`;
  }
  const child = /^xstate\.(done|error)\.actor\.(.+)$/.exec(eventType);
  if (child === null) return eventType;
  const [, kind = '', childId = ''] = child;
  const invoked = node.invoke.find(({ id }) => id === childId);
  return `${kind}: ${invoked === undefined ? childId : sourceName(invoked.src)}`;
}

/** The slot an invoked actor is started from. */
export function sourceName(src: unknown): string {
  return typeof src === 'string' ? src : 'inline';
}

/** An action's or guard's name with what parametrises it, `stopChild(listener)`; `inline` for one without. */
export function name(action: unknown): string {
  if (typeof action === 'string') return action;
  const { type, params } = action as { type?: unknown; params?: unknown };
  if (typeof type !== 'string') return 'inline';
  // Those taken from the event are a function.
  if (typeof params !== 'object' || params === null || type.startsWith('xstate.')) return type;
  return `${type}(${Object.values(params).join(', ')})`;
}

/** XState arms and disarms delays by actions of its own: they are drawn as `after`. */
export function isOurs(action: unknown): boolean {
  return !name(action).startsWith('xstate.');
}

/** Guards may be combined: `and(['newer', 'newerWaits'])` carries its parts. */
export function guardName(guard: unknown): string {
  const { guards } = guard as { guards?: readonly unknown[] };
  return guards === undefined ? name(guard) : guards.map(guardName).join(' and ');
}
