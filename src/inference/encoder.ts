import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { Device } from '../models/device.ts';
import { halvesToFloats } from './half.ts';
import type { LoadReport, LoadRequest, RunReply } from './protocol.ts';
import { openSession, quantizesWholeBatches } from './session.ts';
import { sigmoidRows, softmaxRows } from './softmax.ts';

/** Inputs that a model may ask for. */
const INPUTS = ['input_ids', 'attention_mask', 'token_type_ids'] as const;
type InputName = (typeof INPUTS)[number];

/** Sequences of one batch, their ids one behind the other, unpadded, special tokens included. */
export interface Sequences {
  readonly ids: Int32Array;
  readonly lengths: Int32Array;
  /** The id that fills shorter sequences up. */
  readonly padId: number;
}

/** A model's output: a row a sequence, or one a token of the padded batch. */
interface Logits {
  readonly data: Float32Array;
  readonly dims: readonly number[];
  /** Time in the engine, in milliseconds. */
  readonly inferenceMs: number;
}

/** A model in the engine, with the checks that it is one that this server can use. */
export class Encoder {
  readonly report: LoadReport;
  readonly #session: InferenceSession;
  readonly #request: LoadRequest;
  readonly #inputs: readonly { readonly name: InputName; readonly wide: boolean }[];

  private constructor(session: InferenceSession, request: LoadRequest, report: LoadReport) {
    this.#session = session;
    this.#request = request;
    this.report = report;
    this.#inputs = session.inputMetadata.map((input) => {
      const name = INPUTS.find((each) => each === input.name);
      const type = input.isTensor ? input.type : 'no tensor';
      if (name && (type === 'int64' || type === 'int32')) return { name, wide: type === 'int64' };
      throw new Error(
        `it wants the input "${input.name}" (${type}), but this server can give ${INPUTS.join(', ')} (int64 or int32) only.`,
      );
    });
    if (!this.#inputs.some(({ name }) => name === 'input_ids')) throw new Error('it has no input "input_ids".');
  }

  /**
   * Loads a model, on the CPU where its device cannot be had, and runs it once, which shows whether it fits and warms
   * it. Throws where it does not, with the reason.
   */
  static async load(request: LoadRequest): Promise<Encoder> {
    const { device } = request;
    if (device === 'cpu') return Encoder.#on(request, device);
    try {
      return await Encoder.#on(request, device);
    } catch (error) {
      return await Encoder.#on(request, 'cpu', `${device} cannot be used: ${firstLine(error)}`);
    }
  }

  static async #on(request: LoadRequest, device: Device, fallback?: string): Promise<Encoder> {
    const session = await openSession(request, device);
    try {
      const batchInvariant = !quantizesWholeBatches(request.weights);
      const encoder = new Encoder(session, request, { type: 'loaded', device, fallback, batchInvariant });
      await encoder.#checkOutput();
      return encoder;
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  /** The probabilities of the labels: one row a sequence, or one a token, padding left out. */
  async run({ ids, lengths, padId }: Sequences): Promise<RunReply> {
    const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
    const { data, dims, inferenceMs } = await this.#logits({ ids, lengths, padId }, longest);
    const { labels, independentLabels } = this.#request;
    const normalize = independentLabels ? sigmoidRows : softmaxRows;
    if (dims.length === 2) {
      const probabilities = new Float32Array(lengths.length * labels);
      normalize(data, 0, lengths.length, labels, probabilities, 0);
      return { type: 'done', values: probabilities, inferenceMs };
    }
    const probabilities = new Float32Array(ids.length * labels);
    let at = 0;
    lengths.forEach((length, sequence) => {
      normalize(data, sequence * longest, length, labels, probabilities, at);
      at += length;
    });
    return { type: 'done', values: probabilities, inferenceMs };
  }

  release(): Promise<void> {
    return this.#session.release();
  }

  async #checkOutput(): Promise<void> {
    const { probe, task, labels } = this.#request;
    const { dims } = await this.#logits({ ids: probe, lengths: Int32Array.of(probe.length), padId: 0 }, probe.length);
    const expected = task === 'NER' ? [1, probe.length, labels] : [1, labels];
    if (expected.length === dims.length && expected.every((size, index) => size === dims[index])) return;
    const row = task === 'NER' ? 'for each token' : 'for each text';
    throw new Error(
      `its head does not fit ${task} with ${labels} labels: ${labels} numbers ${row} were expected, so an output of shape [${expected.join(', ')}] for ${probe.length} tokens, but it is [${dims.join(', ')}].`,
    );
  }

  async #logits(sequences: Sequences, longest: number): Promise<Logits> {
    const session = this.#session;
    const feeds = this.#feeds(sequences, longest);
    const startedAt = performance.now();
    const outputs = await session.run(feeds);
    const inferenceMs = performance.now() - startedAt;
    const only = session.outputNames.length === 1 ? session.outputNames[0] : undefined;
    const output = outputs['logits'] ?? (only === undefined ? undefined : outputs[only]);
    if (!output) throw new Error(`it has no output "logits", but ${session.outputNames.join(', ')}.`);
    const { data, dims } = output;
    if (data instanceof Float32Array) return { data, dims, inferenceMs };
    if (output.type === 'float16' && ArrayBuffer.isView(data)) return { data: halvesToFloats(data), dims, inferenceMs };
    throw new Error(`its output is of type ${output.type}, but float32 or float16 was expected.`);
  }

  /** The padded inputs that the model asks for. */
  #feeds({ ids, lengths, padId }: Sequences, longest: number): Record<string, Tensor> {
    const dims = [lengths.length, longest];
    const cells = lengths.length * longest;
    return Object.fromEntries(
      this.#inputs.map(({ name, wide }) => {
        // Values are small and positive, so writing the low half of each little-endian int64 avoids a BigInt a cell.
        const data = new Int32Array(wide ? 2 * cells : cells);
        if (name !== 'token_type_ids') fill(data, wide ? 2 : 1, { ids, lengths, padId }, longest, name);
        return [
          name,
          wide ? new Tensor('int64', new BigInt64Array(data.buffer), dims) : new Tensor('int32', data, dims),
        ];
      }),
    );
  }
}

/** What the engine says of a failure, without the places in its source and the line end that come with it. */
function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [line = message] = message.trim().split('\n');
  return line.replace(/^\/\S+:\d+ .*?(?=Failed )/, '');
}

/** Writes the ids or the mask of a batch, `step` places a cell. */
function fill(
  data: Int32Array,
  step: number,
  { ids, lengths, padId }: Sequences,
  longest: number,
  name: 'input_ids' | 'attention_mask',
): void {
  let source = 0;
  let at = 0;
  for (const length of lengths) {
    for (let column = 0; column < longest; column++) {
      const isPadding = column >= length;
      if (name === 'input_ids') data[at] = isPadding ? padId : (ids[source + column] ?? padId);
      else data[at] = isPadding ? 0 : 1;
      at += step;
    }
    source += length;
  }
}
