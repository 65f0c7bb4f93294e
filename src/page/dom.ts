type Child = Node | string;

/** An element of the page. Throws if it is missing. */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`The page has no ${type.name} #${id}.`);
  return element;
}

/** A new element. Strings become text, never markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | number | boolean | undefined>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, '');
    else if (value !== undefined && value !== false) made.setAttribute(name, String(value));
  }
  made.append(...children);
  return made;
}

/** Throttles an action to once per frame, or per so many milliseconds. */
export function throttled(action: () => void, everyMs = 0): () => void {
  let waiting = false;
  let last = Number.NEGATIVE_INFINITY;
  const run = () => {
    waiting = false;
    last = performance.now();
    action();
  };
  return () => {
    if (waiting) return;
    waiting = true;
    const wait = everyMs - (performance.now() - last);
    if (wait > 16) setTimeout(() => requestAnimationFrame(run), wait);
    else requestAnimationFrame(run);
  };
}
