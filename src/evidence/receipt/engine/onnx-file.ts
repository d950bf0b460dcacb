/**
 * As much of the ONNX file format (protocol buffers: https://protobuf.dev/programming-guides/encoding) as it takes to
 * cut the last layer off a network and to read that layer's weights.
 */

type Field = { number: number; wire: number; start: number; end: number; from: number };

const graphField = 7;
const nodeField = 1;
const outputField = 12;
const nodeOutputField = 2;

/** The network up to the named tensor, which becomes its only output: later nodes are left away. */
export function cutNetwork(model: Uint8Array, tensor: string): Uint8Array {
  const graph = fieldsOf(model).find((field) => field.number === graphField)!;
  const parts: Uint8Array[] = [];
  let isCut = false;
  for (const field of fieldsOf(model, graph.from, graph.end)) {
    if (field.number === outputField || (field.number === nodeField && isCut)) continue;
    parts.push(model.subarray(field.start, field.end));
    // Exporters write nodes in the order of execution, as the format demands.
    if (field.number === nodeField && nodeOutputsOf(model, field).includes(tensor)) isCut = true;
  }
  if (!isCut) throw new Error(`the network has no tensor ${tensor}`);
  const name = Buffer.from(tensor);
  parts.push(tagged(outputField, tagged(1, name)));
  return Buffer.concat([
    model.subarray(0, graph.start),
    tagged(graphField, Buffer.concat(parts)),
    model.subarray(graph.end),
  ]);
}

/** The values of a constant of 32-bit floats. */
export function readConstant(model: Uint8Array, name: string): Float32Array {
  const graph = fieldsOf(model).find((field) => field.number === graphField)!;
  const node = fieldsOf(model, graph.from, graph.end).find(
    (field) => field.number === nodeField && nodeOutputsOf(model, field).includes(name),
  );
  // NodeProto.attribute = 5, AttributeProto.t = 5, TensorProto.raw_data = 9.
  const attribute = node && fieldsOf(model, node.from, node.end).find((field) => field.number === 5);
  const tensor =
    attribute && fieldsOf(model, attribute.from, attribute.end).find((field) => field.number === 5);
  const raw = tensor && fieldsOf(model, tensor.from, tensor.end).find((field) => field.number === 9);
  if (!raw) throw new Error(`the network has no constant ${name}`);
  return new Float32Array(Uint8Array.from(model.subarray(raw.from, raw.end)).buffer);
}

function nodeOutputsOf(model: Uint8Array, node: Field): string[] {
  return fieldsOf(model, node.from, node.end)
    .filter((field) => field.number === nodeOutputField)
    .map((field) => Buffer.from(model.subarray(field.from, field.end)).toString());
}

/** The fields of a message; `from` is where the content of a length-delimited one begins. */
function fieldsOf(bytes: Uint8Array, start = 0, end = bytes.length): Field[] {
  const fields: Field[] = [];
  let at = start;
  const varint = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at]!;
      at += 1;
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < end) {
    const begin = at;
    const key = varint();
    const wire = key & 7;
    let from = at;
    if (wire === 0) varint();
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else {
      const length = varint();
      from = at;
      at += length;
    }
    fields.push({ number: key >>> 3, wire, start: begin, end: at, from });
  }
  return fields;
}

/** A length-delimited field. */
function tagged(number: number, content: Uint8Array): Buffer {
  return Buffer.concat([varintOf(number * 8 + 2), varintOf(content.length), content]);
}

function varintOf(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left > 127; left = Math.floor(left / 128)) bytes.push((left % 128) + 128);
  bytes.push(left);
  return Buffer.from(bytes);
}
