import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Images of the project itself. */
const OWN = /^bertql(:|$)|^\$\{IMAGE\}$/;

test.each(['Dockerfile', 'Dockerfile.cuda', 'compose.yaml', 'deploy/kubernetes.yaml'])(
  '%s names images by their version, as SECURITY.md says',
  (file) => {
    const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
    const images = [...text.matchAll(/^(?:FROM|\s+image:) (\S+)/gm)].map(([, image = '']) => image);
    expect(images).not.toEqual([]);
    for (const image of images.filter((name) => !OWN.test(name))) expect(image).toMatch(/:\d+[\w.-]*$/);
  },
);
