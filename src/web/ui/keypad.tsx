import { useEffect } from 'react';
import { useTexts } from './use-texts.ts';

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'];
const LETTERS: Record<string, string> = {
  2: 'ABC',
  3: 'DEF',
  4: 'GHI',
  5: 'JKL',
  6: 'MNO',
  7: 'PQRS',
  8: 'TUV',
  9: 'WXYZ',
};

/** The twelve keys of a telephone. While it is shown the computer's own keys press it too, unless one types into a field. */
export function Keypad({ press, label }: { press(key: string): void; label: string }) {
  const { t } = useTexts();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
      if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      if (KEYS.includes(event.key)) press(event.key);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [press]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be a form; these keys act at once
    <div className="keypad" role="group" aria-label={label}>
      {KEYS.map((key) => (
        <button type="button" key={key} aria-label={t.key(key)} onClick={() => press(key)}>
          <span>{key}</span>
          <small>{LETTERS[key] ?? ''}</small>
        </button>
      ))}
    </div>
  );
}
