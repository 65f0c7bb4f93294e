/** A text that comes with the page. */
export interface Sample {
  readonly id: string;
  readonly label: string;
  readonly title: string;
  readonly load: (signal: AbortSignal) => Promise<string>;
}

const here = (id: string, label: string, title: string, text: string): Sample => ({
  id,
  label,
  title,
  load: async () => text,
});

export const SAMPLES: readonly Sample[] = [
  here(
    'apple',
    'Apple',
    'Apple, 1976',
    `Apple Inc. was founded by Steve Jobs in Cupertino, California, together with Steve Wozniak and Ronald Wayne. Few people at IBM took it seriously.

Its first computer was sold as a bare board, and people loved to build it. The second was a triumph that made the company. Only the third was a costly failure.`,
  ),
  {
    id: 'bohemia',
    label: 'A Scandal in Bohemia',
    title: 'A Scandal in Bohemia · Arthur Conan Doyle, 1891',
    load: async (signal) => {
      const response = await fetch(new URL('./samples/scandal-in-bohemia.txt', import.meta.url), { signal });
      if (!response.ok) throw new Error(`The sample cannot be loaded (${response.status}).`);
      return response.text();
    },
  },
  here(
    'reviews',
    'Four reviews',
    'Four reviews',
    `I absolutely love this product! Would buy again.

This product completely transformed my workflow!

Terrible experience, would not recommend.

It's decent for the price, but nothing special.`,
  ),
  here(
    'bank',
    'One word, two senses',
    'The bank and the bank',
    `She opened an account at the bank and took out a loan. We sat on the bank of the river and watched the boats. The bank raised its interest rates in March. Tall grass grows along the muddy bank where the stream bends.

He robbed a bank in Chicago and was caught in Detroit. The canoe drifted towards the left bank of the Thames.`,
  ),
  here(
    'emoji',
    'Emoji & accents',
    'To the character, whatever the script',
    `Hi 😀 Dani, Tim Cook runs Apple in California. 👩‍👩‍👧 Zoë Müller-Lüdenscheidt flew from São Paulo to Zürich 🇨🇭, where she works for Nestlé.

Ángela Ruiz Robles had her idea of a mechanical book in Ferrol, Spain, long before 📚 Amazon sold one.`,
  ),
];
