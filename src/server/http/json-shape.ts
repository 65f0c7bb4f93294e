const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const COMMA = 0x2c;

/** The deepest nesting of lists and objects; the graph needs 4 levels. */
const MAX_DEPTH = 50;
/** The most lists and objects; each takes far more memory than its two bytes. */
const MAX_CONTAINERS = 10_000;
/** The most strings, including keys: several for each text of the longest list. */
const MAX_STRINGS = 50_000;
/** The most commas between values: more than any accepted list has. */
const MAX_COMMAS = 500_000;

/**
 * Describes what is excessive in JSON that would take far more time or memory to parse than its size suggests;
 * `undefined` if nothing is. It only looks at the shape; `JSON.parse` decides whether it is valid.
 */
export function excessOf(json: string): string | undefined {
  let depth = 0;
  let containers = 0;
  let strings = 0;
  let commas = 0;
  for (let at = 0; at < json.length; at++) {
    switch (json.charCodeAt(at)) {
      case QUOTE:
        if (++strings > MAX_STRINGS) return `more than ${MAX_STRINGS} strings`;
        at = endOfString(json, at);
        break;
      case OPENING_BRACKET:
      case OPENING_BRACE:
        if (++containers > MAX_CONTAINERS) return `more than ${MAX_CONTAINERS} lists and objects`;
        if (++depth > MAX_DEPTH) return `more than ${MAX_DEPTH} levels`;
        break;
      case CLOSING_BRACKET:
      case CLOSING_BRACE:
        depth--;
        break;
      case COMMA:
        if (++commas > MAX_COMMAS) return `more than ${MAX_COMMAS} values`;
    }
  }
  return undefined;
}

/** The end of the string that opens at a position. */
function endOfString(json: string, opening: number): number {
  const quote = json.indexOf('"', opening + 1);
  if (quote < 0) return json.length;
  if (json.charCodeAt(quote - 1) !== BACKSLASH) return quote;
  // It may be escaped. In a text full of quotation marks, to look for each of them would take longer than this.
  for (let at = opening + 1; at < json.length; at++) {
    const unit = json.charCodeAt(at);
    if (unit === BACKSLASH) at++;
    else if (unit === QUOTE) return at;
  }
  return json.length;
}
