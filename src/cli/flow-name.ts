/** The one flow that a command is about. Throws in words when there is none, or more beside it than `others`. */
export function flowName(positionals: readonly string[], others = 0): string {
  const [name] = positionals;
  if (name === undefined) throw new Error('say the name of a flow');
  if (positionals.length > 1 + others) throw new Error(`what is "${positionals[1 + others]}"?`);
  return name;
}
