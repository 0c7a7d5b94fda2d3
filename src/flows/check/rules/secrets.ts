import type { Flow } from '../../language/flow.ts';
import { SECRET_PREFIX, type Service } from '../../services/services.ts';
import type { Told } from '../finding.ts';

/** What nobody but the caller should know, by the words of a variable's name. */
const SECRET_WORDS = new Set(['pin', 'tan', 'otp', 'cvv', 'cvc', 'password', 'passcode', 'passwort', 'ssn']);

/**
 * `secure.leak`: digits taken in confidence go to a service whose address anybody on the way can read along with. That they go into
 * no text, address, label, result or other variable is a rule of the language (`variable.secret`).
 */
export function checkSecrets(flow: Flow, services: ReadonlyMap<string, Service> | undefined, tell: Told): void {
  for (const { traits, reads } of flow.steps.values()) {
    const service = traits.tellsSecret === undefined ? undefined : services?.get(traits.tellsSecret);
    if (!service || isPrivate(service.url)) continue;
    for (const { name, place } of reads.filter((read) => isSecret(read.name, flow))) {
      const sentence = `${name} would go to ${service.name} by http, readable on the way`;
      tell('secure.leak', place, sentence, 'write https into the address in services.yaml');
    }
  }
}

/** `secure.open`: a PIN that is collected like any number stands in logs, records and recordings. */
export function checkOpenSecrets({ steps }: Flow, tell: Told): void {
  for (const { traits, writes } of steps.values()) {
    if (!traits.entry || traits.secret !== undefined) continue;
    for (const { name, place } of writes.filter((written) =>
      wordsOf(written.name).some((word) => SECRET_WORDS.has(word)),
    )) {
      const sentence = `${name} would stand in logs, records and recordings`;
      tell('secure.open', place, sentence, 'collect it with "secure: true"');
    }
  }
}

/** `secret.unset`: a service whose headers cannot be written. `environment` holds the names that are set. */
export function checkServiceSecrets(services: Iterable<Service>, environment: ReadonlySet<string>, tell: Told): void {
  for (const { name, secrets, place } of services) {
    for (const secret of new Set(secrets)) {
      if (environment.has(SECRET_PREFIX + secret)) continue;
      const sentence = `The secret ${secret} of ${name} is not in this environment`;
      tell('secret.unset', place, sentence, `set ${SECRET_PREFIX}${secret}`);
    }
  }
}

/** Whether nobody on the way can read along; what stays on this machine has no way. */
function isPrivate(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed?.protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(parsed?.hostname ?? '');
}

function isSecret(name: string, { names, places }: Flow): boolean {
  return places.names.has(name) && !names.has(name);
}

/** `cardPin`, `card_pin`: card, pin. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split('_');
}
