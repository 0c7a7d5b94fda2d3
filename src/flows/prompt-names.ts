/** The names by which a file of the prompts folder can be meant: whole, without its ending, without its language too. */
export function promptCandidates(file: string): string[] {
  const bare = withoutEnding(file);
  const general = bare.replace(/\.[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, '');
  return [...new Set([file, bare, general])];
}

/** Which of the files is the prompt `name` in a language: the one in the language first, then the one without any. */
export function choosePrompt(files: readonly string[], name: string, language: string): string | undefined {
  const main = language.split('-')[0] ?? language;
  return (
    files.find((file) => file === name) ??
    files.find((file) => withoutEnding(file) === `${name}.${language}`) ??
    files.find((file) => withoutEnding(file) === `${name}.${main}`) ??
    files.find((file) => withoutEnding(file) === name)
  );
}

function withoutEnding(file: string): string {
  return file.replace(/\.[A-Za-z0-9]{1,5}$/, '');
}
