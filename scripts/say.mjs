/** What the commands tell the person who started them: one plain line a step, on standard error. */
export function say(text) {
  process.stderr.write(`parley: ${text}\n`);
}

/** Stops the command with a reason a person can act on. */
export function giveUp(text) {
  say(text);
  process.exit(1);
}
