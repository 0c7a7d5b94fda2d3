import { SKILL } from '../flows/steps/queue/wishes.ts';
import { ParleyError } from '../shared/errors.ts';
import type { NewAccount } from './accounts.ts';

const MOST_SKILLS = 100;
const SHORTEST_PASSWORD = 8;
/** Hashing takes time with the length; nobody types more. */
const LONGEST_PASSWORD = 500;

/** A name as it is compared: one form for each letter, no difference of case. */
export function nameKey(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}

/** Throws `request.invalid` with a sentence for people unless the account can be made. */
export function checkNewAccount({ name, displayName, password }: NewAccount): void {
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._@+-]{0,99}$/u.test(name.normalize('NFKC'))) {
    throw refused('A user name has 1 to 100 letters, digits and . _ @ + -, and begins with a letter or digit');
  }
  if (displayName.trim() === '' || displayName.length > 200) throw refused('The name to show has 1 to 200 characters');
  checkPassword(password);
}

/** Throws `request.invalid` for a password that is too short or absurdly long. */
export function checkPassword(password: string): void {
  if (password.length < SHORTEST_PASSWORD) throw refused(`A password has at least ${SHORTEST_PASSWORD} characters`);
  if (password.length > LONGEST_PASSWORD) throw refused(`A password has at most ${LONGEST_PASSWORD} characters`);
}

/** Throws `request.invalid` unless these can be somebody's skills, each once. */
export function checkSkills(skills: readonly string[]): void {
  const wrong = skills.find((skill) => !SKILL.test(skill));
  if (wrong !== undefined)
    throw refused(`"${wrong.slice(0, 80)}" is no skill: one word of letters, digits and _ . : -, 64 at most`);
  if (skills.length > MOST_SKILLS) throw refused(`Somebody has at most ${MOST_SKILLS} skills`);
  if (new Set(skills).size < skills.length) throw refused('A skill is named once');
}

function refused(text: string): ParleyError {
  return new ParleyError('request.invalid', {}, { text });
}
