interface NodePath {
  isObjectProperty(): boolean;
  readonly node: { readonly key?: { readonly name?: string } };
  readonly parentPath?: {
    readonly parentPath?: { readonly node: { readonly callee?: { readonly name?: string } } };
  };
}

/** `types` of a machine's `setup` is there for TypeScript only: whatever it is, the program does the same. */
export const strykerPlugins = [
  {
    kind: 'Ignore',
    name: 'types',
    value: {
      shouldIgnore: (path: NodePath): string | undefined =>
        path.isObjectProperty() &&
        path.node.key?.name === 'types' &&
        path.parentPath?.parentPath?.node.callee?.name === 'setup'
          ? 'types only'
          : undefined,
    },
  },
];
