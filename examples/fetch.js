/**
 * Asks a server with nothing but `fetch`: a query, then a subscription over SSE. It runs in Node and in browsers.
 *
 *   npx bertql serve                                 # in another terminal
 *   node examples/fetch.js [url]
 */
const [url = 'http://localhost:4000/graphql'] = process.argv.slice(2);
const text = 'Angela Merkel met Emmanuel Macron in Paris. The talks went very well.';

const query = `query ($text: String!) {
  sentiment(text: $text) { label confidence }
  entities(text: $text) { text type start end }
}`;
const answer = await post({ query, variables: { text } }, 'application/json');
const { data, errors } = await answer.json();
if (errors) throw new Error(`${errors[0].extensions?.code}: ${errors[0].message}`);
console.log(data.sentiment.label);
for (const entity of data.entities) console.log(`${entity.start}–${entity.end} ${entity.text} (${entity.type})`);

const subscription = `subscription ($text: String!) {
  analyze(text: $text) {
    __typename
    ... on ChunkAnalyzed { entities { text } progress { fraction } }
    ... on AnalysisCompleted { entityCount }
    ... on AnalysisFailed { code message }
  }
}`;
const stream = await post({ query: subscription, variables: { text } }, 'text/event-stream');
for await (const { data, errors } of events(stream)) console.log(JSON.stringify(data?.analyze ?? errors));

/**
 * @param {object} body
 * @param {string} accept
 */
function post(body, accept) {
  const headers = { 'content-type': 'application/json', accept };
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
}

/**
 * The results in a stream of server-sent events. An empty line ends each event; `data:` holds its result.
 * @param {Response} response
 */
async function* events(response) {
  if (!response.ok || !response.body) throw new Error(await response.text());
  let rest = '';
  for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + part).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const line = block.split('\n').find((each) => each.startsWith('data: {'));
      if (block.includes('event: next') && line) yield JSON.parse(line.slice('data: '.length));
    }
  }
}
