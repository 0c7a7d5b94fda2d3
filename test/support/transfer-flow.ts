/** A flow that transfers its caller and then says in the tag `exit` how that ended. `to`: what stands in `transfer: { … }`. */
export function transferFlow(name: string, to: string): string {
  const exits = ['ended', 'busy', 'noAnswer', 'failed'];
  const on = exits.map((exit) => `on${exit[0]?.toUpperCase()}${exit.slice(1)}: ${exit}`).join(', ');
  return [
    `flow: ${name}`,
    'version: 1',
    'languages: [en]',
    'start: one',
    'steps:',
    `  one: { transfer: { ${to} }, ${on} }`,
    ...exits.map((exit) => `  ${exit}: { tag: { exit: ${exit} }, next: end }`),
    '  end: { hangup: {} }',
    '',
  ].join('\n');
}
