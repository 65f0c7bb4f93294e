import { byId } from './dom.ts';

const NAMES: Readonly<Record<string, string>> = { auto: 'as the system', light: 'light', dark: 'dark' };

/** Switches between light and dark. A choice that equals the system's is kept as `auto`, so that it follows the system later. */
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
  const systemIsDark = matchMedia('(prefers-color-scheme: dark)');
  show(root.dataset['theme'] ?? 'auto');
  button.addEventListener('click', () => {
    const system = systemIsDark.matches ? 'dark' : 'light';
    const other = (root.dataset['theme'] ?? system) === 'dark' ? 'light' : 'dark';
    const theme = other === system ? 'auto' : other;
    try {
      localStorage.setItem('bertql:theme', theme);
    } catch {
      // Without storage the choice holds for this visit.
    }
    show(theme);
  });
  systemIsDark.addEventListener('change', onChange);
}
