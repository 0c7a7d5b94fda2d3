import { flowJsonSchema } from '../flows/language/load.ts';

/** `parley flow schema`: the JSON Schema (draft 2020-12) of a flow file, with which editors complete and check as one types. */
export async function printFlowSchema(args: readonly string[]): Promise<number> {
  if (args.length > 0) throw new Error(`what is "${args[0]}"?`);
  process.stdout.write(`${JSON.stringify(flowJsonSchema(), null, 2)}\n`);
  return 0;
}
