const PATHS = {
  phone:
    'M6.6 10.8a15 15 0 0 0 6.6 6.6l2.2-2.2a1 1 0 0 1 1-.25 11.4 11.4 0 0 0 3.6.6 1 1 0 0 1 1 1V20a1 1 0 0 1-1 1A17 17 0 0 1 3 4a1 1 0 0 1 1-1h3.5a1 1 0 0 1 1 1 11.4 11.4 0 0 0 .6 3.6 1 1 0 0 1-.25 1z',
  hangUp:
    'M12 9c-1.6 0-3.2.25-4.6.72v3.1a1 1 0 0 1-.56.9c-.98.5-1.86 1.12-2.66 1.86a1 1 0 0 1-1.4-.02L.3 13.1a1 1 0 0 1 0-1.4C3.3 8.8 7.46 7 12 7s8.7 1.8 11.7 4.7a1 1 0 0 1 0 1.4l-2.48 2.46a1 1 0 0 1-1.4.02 11.6 11.6 0 0 0-2.66-1.86 1 1 0 0 1-.56-.9v-3.1A15 15 0 0 0 12 9z',
  microphone:
    'M12 15a3 3 0 0 0 3-3V6a3 3 0 0 0-6 0v6a3 3 0 0 0 3 3zm6-3a1 1 0 0 0-2 0 4 4 0 0 1-8 0 1 1 0 0 0-2 0 6 6 0 0 0 5 5.9V20H9a1 1 0 0 0 0 2h6a1 1 0 0 0 0-2h-2v-2.1A6 6 0 0 0 18 12z',
  pause:
    'M7 5a1 1 0 0 1 1-1h1a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1zm7 0a1 1 0 0 1 1-1h1a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1h-1a1 1 0 0 1-1-1z',
  play: 'M8 5.2a1 1 0 0 1 1.5-.87l10 6.8a1 1 0 0 1 0 1.74l-10 6.8A1 1 0 0 1 8 18.8z',
  keypad:
    'M5 4h3v3H5zm5.5 0h3v3h-3zM16 4h3v3h-3zM5 9.5h3v3H5zm5.5 0h3v3h-3zm5.5 0h3v3h-3zM5 15h3v3H5zm5.5 0h3v3h-3zm5.5 0h3v3h-3zM10.5 20h3v2.5h-3z',
  check: 'M9.5 16.6 5.4 12.5a1 1 0 0 0-1.4 1.4l4.8 4.8a1 1 0 0 0 1.4 0L20.6 8.3a1 1 0 0 0-1.4-1.4z',
} as const;

export type IconName = keyof typeof PATHS;

/** A small picture beside a button's words; screen readers pass over it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
