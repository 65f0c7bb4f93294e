import { byId } from './dom.ts';

const NEXT: Readonly<Record<string, string>> = { auto: 'light', light: 'dark', dark: 'auto' };
const NAMES: Readonly<Record<string, string>> = { auto: 'as the system', light: 'light', dark: 'dark' };

/** Lets one choose between light, dark, and what the system says. */
export function serveTheme(onChange: () => void): void {
  const root = document.documentElement;
  const button = byId('theme', HTMLButtonElement);
  const show = (theme: string) => {
    if (theme === 'auto') delete root.dataset['theme'];
    else root.dataset['theme'] = theme;
    button.setAttribute('aria-label', `Colours: ${NAMES[theme]}. Change.`);
    button.title = `Colours: ${NAMES[theme]}`;
    button.dataset['shows'] = theme;
    onChange();
  };
  show(root.dataset['theme'] ?? 'auto');
  button.addEventListener('click', () => {
    const theme = NEXT[root.dataset['theme'] ?? 'auto'] ?? 'auto';
    try {
      localStorage.setItem('bertql:theme', theme);
    } catch {
      // Where nothing can be kept, the choice holds for this visit.
    }
    show(theme);
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', onChange);
}
