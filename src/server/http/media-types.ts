/** The media types of results (GraphQL over HTTP, section 6; graphql-sse for streams). */
const MEDIA_TYPES = ['application/json', 'application/graphql-response+json', 'text/event-stream'] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

/** The type for a client without preferences. */
const DEFAULT: MediaType = 'application/json';

/**
 * The types that a client accepts, in order of preference (RFC 9110, section 12.5.1): by quality, then in the order in
 * which it names them. Without a header it accepts all.
 */
export function acceptedTypes(accept: string | null | undefined): readonly MediaType[] {
  if (!accept || accept === '*/*') return MEDIA_TYPES;
  if (isMediaType(accept)) return [accept];
  const ranges = accept.toLowerCase().split(',').map(parseRange);
  const accepted: { type: MediaType; quality: number; at: number }[] = [];
  for (const type of MEDIA_TYPES) {
    // The most specific range applies.
    const at = [type, `${type.split('/')[0]}/*`, '*/*']
      .map((range) => ranges.findIndex((each) => each.range === range))
      .find((index) => index >= 0);
    const quality = at === undefined ? 0 : (ranges[at]?.quality ?? 0);
    if (at !== undefined && quality > 0) accepted.push({ type, quality, at });
  }
  return accepted
    .sort((a, b) => b.quality - a.quality || a.at - b.at || Number(b.type === DEFAULT) - Number(a.type === DEFAULT))
    .map(({ type }) => type);
}

function parseRange(text: string): { readonly range: string; readonly quality: number } {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  const isOurs = charset === undefined || /^charset="?utf-8"?$/.test(charset);
  const quality = parameters.find((parameter) => /^q\s*=/.test(parameter))?.replace(/^q\s*=\s*/, '');
  return { range: isOurs ? range : '', quality: quality === undefined ? 1 : Number(quality) || 0 };
}

function isMediaType(type: string): type is MediaType {
  return (MEDIA_TYPES as readonly string[]).includes(type);
}
