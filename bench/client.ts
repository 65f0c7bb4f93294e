import { Agent, type IncomingMessage, request } from 'node:http';
import { now } from './clock.ts';
import { ANALYZE, type AnalysisEvent } from './operations.ts';

/** An event of a stream, and when it came. */
export interface Received {
  readonly atMs: number;
  readonly event: AnalysisEvent;
}

/** The server answered, but with an error. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** A client of the server over HTTP, with as many kept connections as it has requests under way. */
export class Client {
  readonly #url: URL;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(url: string) {
    this.#url = new URL(url);
  }

  /** Sends a request and resolves with the body of the answer. Rejects with a {@link Refusal} if it has an error. */
  async post(body: string): Promise<string> {
    const response = await this.#send(body, 'application/json');
    response.setEncoding('utf8');
    let answer = '';
    for await (const part of response) answer += part;
    if (response.statusCode !== 200 || answer.includes('"errors":')) {
      throw new Refusal(`The server answered ${response.statusCode}: ${answer.slice(0, 500)}`);
    }
    return answer;
  }

  /** Streams the analysis of a text over SSE; leaving the loop ends it. */
  async *analyze(text: string): AsyncGenerator<Received, void, void> {
    const response = await this.#send(JSON.stringify({ query: ANALYZE, variables: { text } }), 'text/event-stream');
    response.setEncoding('utf8');
    let rest = '';
    for await (const part of response) {
      const atMs = now();
      const messages = (rest + part).split('\n\n');
      rest = messages.pop() ?? '';
      for (const message of messages) {
        const data = message.split('\n').find((line) => line.startsWith('data: {'));
        if (data) yield { atMs, event: eventIn(data.slice('data: '.length)) };
      }
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(body: string, accept: string): Promise<IncomingMessage> {
    const bytes = Buffer.from(body);
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': bytes.length, accept };
      const sent = request(this.#url, { method: 'POST', agent: this.#agent, headers }, resolve);
      sent.once('error', reject);
      sent.end(bytes);
    });
  }
}

function eventIn(data: string): AnalysisEvent {
  const answer = JSON.parse(data) as { data?: { analyze: AnalysisEvent }; errors?: unknown };
  if (!answer.data || answer.errors || answer.data.analyze.__typename === 'AnalysisFailed') {
    throw new Refusal(`The stream brought ${data.slice(0, 500)}`);
  }
  return answer.data.analyze;
}
