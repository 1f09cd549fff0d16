/**
 * The address of the module of a thread: TypeScript from the sources, JavaScript in the built package.
 * @param here `import.meta.url` of the module it stands beside
 * @param name e.g. `./stage.worker`
 */
export function moduleBeside(here: string, name: string): URL {
  return new URL(`${name}${here.endsWith('.ts') ? '.ts' : '.js'}`, here);
}
