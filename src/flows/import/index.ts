import { importConnect } from './connect.ts';
import type { Imported } from './draft.ts';
import { importFreePbx } from './freepbx.ts';
import { importJambonz } from './jambonz.ts';
import { importSwml } from './swml.ts';
import { importTwilio } from './twilio.ts';

/** What flows can be imported from. Each throws `request.invalid` for a file that is not of its kind. */
export const IMPORTERS: Readonly<
  Record<string, (text: string, options: { name: string; language: string }) => Imported>
> = {
  jambonz: importJambonz,
  twilio: importTwilio,
  connect: importConnect,
  swml: importSwml,
  freepbx: importFreePbx,
};
