# Sourced by the findings of ONNX Runtime: a folder of its own, thrown away at the end, with onnxruntime-node 1.30.0 and onnx.mjs, whose `run` makes
# a model of one operator and runs it. Knows no finding.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$work/cache" --prefix "$work" onnxruntime-node@1.30.0 onnx-proto@8.0.1 >/dev/null
cat >onnx.mjs <<'JS'
import ort from "onnxruntime-node";
import proto from "onnx-proto";
const codes = { float32: 1, uint8: 2, int32: 6, int64: 7, string: 8, float64: 11 };
const value = (name, type) => ({ name, type: { tensorType: { elemType: codes[type] } } });
export const tensor = (data, type = "float32", dims = [data.length]) => new ort.Tensor(type, data, dims);
export async function run(opType, inputs, types, attributes = {}) {
  const input = inputs.map((_, i) => `x${i}`);
  const output = types.map((_, i) => `y${i}`);
  const attribute = Object.entries(attributes).map(([name, i]) => ({ name, i, type: proto.onnx.AttributeProto.AttributeType.INT }));
  const graph = {
    name: "g", node: [{ opType, input, output, attribute }],
    input: inputs.map((t, i) => value(input[i], t.type)), output: types.map((type, i) => value(output[i], type)),
  };
  const model = proto.onnx.ModelProto.encode({ irVersion: 10, opsetImport: [{ domain: "", version: 21 }], graph }).finish();
  const session = await ort.InferenceSession.create(model, { logSeverityLevel: 4 });
  const seen = await session.run(Object.fromEntries(inputs.map((t, i) => [input[i], t])));
  return output.map((name) => Array.from(seen[name].data));
}
JS
