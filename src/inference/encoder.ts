import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { Device } from '../models/device.ts';
import { halvesToFloats } from './half.ts';
import { probe } from './probe.ts';
import type { LoadReport, LoadRequest, RunReply, RunRequest } from './protocol.ts';
import { engineMessage, openSession, quantizesWholeBatches } from './session.ts';
import { sigmoidRows, softmaxRows } from './softmax.ts';
import { type HiddenStates, meanOf, normalize, pool } from './vectors.ts';

/** The inputs that this server can give a model. */
const INPUTS = ['input_ids', 'attention_mask', 'token_type_ids'] as const;
type InputName = (typeof INPUTS)[number];

/** The outputs to make vectors from; the first that the model has is used. The last one is pooled already. */
const VECTOR_OUTPUTS = ['last_hidden_state', 'token_embeddings', 'sentence_embedding'] as const;

/** The sequences of one batch. */
export type Sequences = Pick<RunRequest, 'ids' | 'lengths' | 'padId' | 'ranges'>;

interface Output {
  readonly data: Float32Array;
  /** One row per sequence, or per token of the padded batch. */
  readonly dims: readonly number[];
  /** Length of the padded sequences. */
  readonly longest: number;
  /** Time in the engine, in milliseconds. */
  readonly inferenceMs: number;
}

interface Input {
  readonly name: InputName;
  /** Whether it is int64; otherwise int32. */
  readonly wide: boolean;
}

/** A loaded model that has passed the checks of {@link probe}. */
export class Encoder {
  readonly report: LoadReport;
  readonly #session: InferenceSession;
  readonly #request: LoadRequest;
  readonly #inputs: readonly Input[];
  readonly #output: string;

  private constructor(session: InferenceSession, request: LoadRequest, report: LoadReport) {
    this.#session = session;
    this.#request = request;
    this.report = report;
    this.#inputs = inputsOf(session);
    this.#output = outputOf(session, request);
  }

  /**
   * Loads a model, on the CPU if its device is not available, and runs it on the most extreme inputs, which also warms
   * it up. Throws the reason if it cannot be used.
   */
  static async load(request: LoadRequest): Promise<Encoder> {
    const { device } = request;
    if (device === 'cpu') return Encoder.#on(request, device);
    try {
      return await Encoder.#on(request, device);
    } catch (error) {
      return await Encoder.#on(request, 'cpu', `${device} cannot be used: ${engineMessage(error)}`);
    }
  }

  static async #on(request: LoadRequest, device: Device, fallback?: string): Promise<Encoder> {
    const session = await openSession(request, device);
    try {
      const encoder = new Encoder(session, request, { type: 'loaded', device, fallback, batchInvariant: false });
      const takesSeveral = await probe((batch) => encoder.run(batch), request.bounds, session);
      const batchInvariant = takesSeveral && !quantizesWholeBatches(request.weights);
      return new Encoder(session, request, { ...encoder.report, batchInvariant });
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  /** Runs one batch. The reply has no rows for padding. */
  async run(sequences: Sequences): Promise<RunReply> {
    const output = await this.#forward(sequences);
    this.#checkShape(output, sequences.lengths.length);
    return this.#request.task === 'EMBEDDING' ? this.#vectors(output, sequences) : this.#scores(output, sequences);
  }

  release(): Promise<void> {
    return this.#session.release();
  }

  #scores({ data, dims, longest, inferenceMs }: Output, { ids, lengths }: Sequences): RunReply {
    const { width, independentLabels } = this.#request;
    const toProbabilities = independentLabels ? sigmoidRows : softmaxRows;
    const hasRowPerToken = dims.length === 3;
    const values = new Float32Array((hasRowPerToken ? ids.length : lengths.length) * width);
    const notFinite: number[] = [];
    let at = 0;
    lengths.forEach((length, sequence) => {
      const rows = hasRowPerToken ? length : 1;
      const from = hasRowPerToken ? sequence * longest : sequence;
      if (!isFiniteIn(data, from * width, rows * width)) notFinite.push(sequence);
      else toProbabilities(data, from, rows, width, values, at);
      at += rows;
    });
    return { type: 'done', values, notFinite, inferenceMs };
  }

  #vectors({ data, dims, longest, inferenceMs }: Output, { lengths, ranges }: Sequences): RunReply {
    const { width, pooling = 'MEAN', normalize: isNormalized = true } = this.#request;
    const triples = ranges ?? wholeRanges(lengths);
    const values = new Float32Array((triples.length / 3) * width);
    const notFinite = new Set<number>();
    for (let range = 0; 3 * range < triples.length; range++) {
      const [sequence = 0, start = 0, end = 0] = triples.subarray(3 * range, 3 * range + 3);
      const target = values.subarray(range * width, (range + 1) * width);
      const isWhole = start === 0 && end === lengths[sequence];
      if (dims.length === 2) {
        if (!isWhole) throw new Error('it only gives vectors of whole texts, not of the words in them.');
        target.set(data.subarray(sequence * width, (sequence + 1) * width));
      } else {
        const states: HiddenStates = { data, from: sequence * longest, width };
        if (isWhole) pool(states, end, pooling, target);
        else meanOf(states, start, end, target);
      }
      if (!isWhole || isNormalized) normalize(target);
      if (!isFiniteIn(target, 0, width)) notFinite.add(sequence);
    }
    return { type: 'done', values, notFinite: [...notFinite], inferenceMs };
  }

  #checkShape({ dims, longest }: Output, sequences: number): void {
    const { task, width } = this.#request;
    const hasRowPerToken = task === 'NER' || (task === 'EMBEDDING' && this.#output !== 'sentence_embedding');
    const expected = hasRowPerToken ? [sequences, longest, width] : [sequences, width];
    if (expected.length === dims.length && expected.every((size, index) => size === dims[index])) return;
    const what =
      task === 'EMBEDDING'
        ? `its output "${this.#output}" does not fit vectors of ${width} dimensions`
        : `its head does not fit ${task} with ${width} labels`;
    throw new Error(
      `${what}: ${width} numbers for each ${hasRowPerToken ? 'token' : 'text'} were expected, so an output of shape [${expected.join(', ')}] for ${longest} tokens, but it is [${dims.join(', ')}].`,
    );
  }

  async #forward(sequences: Sequences): Promise<Output> {
    const longest = sequences.lengths.reduce((most, length) => Math.max(most, length), 0);
    const feeds = this.#feeds(sequences, longest);
    const startedAt = performance.now();
    const { [this.#output]: output } = await this.#session.run(feeds, [this.#output]).catch((error: unknown) => {
      throw new Error(engineMessage(error), { cause: error });
    });
    const inferenceMs = performance.now() - startedAt;
    if (!output) throw new Error(`it gave no output "${this.#output}".`);
    const { data, dims } = output;
    if (data instanceof Float32Array) return { data, dims, longest, inferenceMs };
    if (output.type === 'float16' && ArrayBuffer.isView(data)) {
      return { data: halvesToFloats(data), dims, longest, inferenceMs };
    }
    throw new Error(`its output is of type ${output.type}, but float32 or float16 was expected.`);
  }

  /** The padded inputs of the model. */
  #feeds(sequences: Sequences, longest: number): Record<string, Tensor> {
    const dims = [sequences.lengths.length, longest];
    const cells = sequences.lengths.length * longest;
    return Object.fromEntries(
      this.#inputs.map(({ name, wide }) => {
        // Values are small and positive, so writing only the low half of each little-endian int64 avoids BigInts.
        const data = new Int32Array(wide ? 2 * cells : cells);
        if (name !== 'token_type_ids') fill(data, wide ? 2 : 1, sequences, longest, name);
        return [
          name,
          wide ? new Tensor('int64', new BigInt64Array(data.buffer), dims) : new Tensor('int32', data, dims),
        ];
      }),
    );
  }
}

function inputsOf(session: InferenceSession): readonly Input[] {
  const inputs = session.inputMetadata.map((input) => {
    const name = INPUTS.find((each) => each === input.name);
    const type = input.isTensor ? input.type : 'no tensor';
    if (name && (type === 'int64' || type === 'int32')) return { name, wide: type === 'int64' };
    throw new Error(
      `it needs the input "${input.name}" (${type}), but this server only has ${INPUTS.join(', ')} (int64 or int32).`,
    );
  });
  if (!inputs.some(({ name }) => name === 'input_ids')) throw new Error('it has no input "input_ids".');
  return inputs;
}

/** The name of the output to use. A single output may have any name. */
function outputOf({ outputNames }: InferenceSession, { task }: LoadRequest): string {
  const wanted = task === 'EMBEDDING' ? VECTOR_OUTPUTS : ['logits'];
  const [only] = outputNames.length === 1 ? outputNames : [];
  const output = wanted.find((name) => outputNames.includes(name)) ?? only;
  if (output !== undefined) return output;
  throw new Error(`it has no output ${wanted.map((name) => `"${name}"`).join(' or ')}, but ${outputNames.join(', ')}.`);
}

/** One range per sequence that covers all of it, in the form of {@link RunRequest.ranges}. */
function wholeRanges(lengths: Int32Array): Int32Array {
  return Int32Array.from([...lengths].flatMap((length, sequence) => [sequence, 0, length]));
}

function isFiniteIn(data: Float32Array, from: number, count: number): boolean {
  for (let at = from; at < from + count; at++) if (!Number.isFinite(data[at])) return false;
  return true;
}

/** Writes the ids or the mask of a batch, one value every `step` elements. */
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
