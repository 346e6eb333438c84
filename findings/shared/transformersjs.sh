# Sourced by the findings of @huggingface/transformers: a folder of its own, thrown away at the end, with version 4.3.2 and bigram.mjs, which
# writes models of a few words in its form. `bigram`: the logits of the next word are the row of the last one; `classifier`: the logits
# of a text are the row of its first word. Knows no finding.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$work/cache" --prefix "$work" @huggingface/transformers@4.3.2 onnx-proto@8.0.1 \
  >/dev/null
cat >bigram.mjs <<'JS'
import { mkdirSync, writeFileSync } from "node:fs";
import proto from "onnx-proto";
export const words = ["<end>", "a", "b", "c", "d"];
const dimension = (size) => (typeof size === "string" ? { dimParam: size } : { dimValue: size });
const value = (name, elemType, shape) => ({ name, type: { tensorType: { elemType, shape: { dim: shape.map(dimension) } } } });
const tensor = (name, dataType, dims, numbers) => ({ name, dataType, dims, [dataType === 1 ? "floatData" : "int64Data"]: numbers });
export function bigram(name, probabilities, padding_side = "left") {
  const logits = probabilities.map((row) => row.map((x) => Math.log(x + 1e-6)));
  const node = [{ opType: "Gather", input: ["table", "input_ids"], output: ["logits"] }];
  write(name, logits, [], node, ["batch", "length", words.length], { model_type: "gpt2", n_layer: 0, n_head: 1, n_embd: 1 }, padding_side);
}
export function classifier(name, logits, config) {
  const first = tensor("first", 7, [], [0]);
  const node = [
    { opType: "Gather", input: ["input_ids", "first"], output: ["word"], attribute: [{ name: "axis", i: 1, type: 2 }] },
    { opType: "Gather", input: ["table", "word"], output: ["logits"] },
  ];
  write(name, logits, [first], node, ["batch", logits[0].length], { model_type: "bert", ...config }, "right");
}
function write(name, table, constants, node, shape, config, padding_side) {
  const folder = `models/${name}`;
  mkdirSync(`${folder}/onnx`, { recursive: true });
  const json = (file, content) => writeFileSync(`${folder}/${file}.json`, JSON.stringify(content));
  const graph = {
    name,
    initializer: [tensor("table", 1, [words.length, table[0].length], table.flat()), ...constants],
    node: [...node, { opType: "Identity", input: ["attention_mask"], output: ["mask"] }],
    input: [value("input_ids", 7, ["batch", "length"]), value("attention_mask", 7, ["batch", "all"])],
    output: [value("logits", 1, shape), value("mask", 7, ["batch", "all"])],
  };
  const model = proto.onnx.ModelProto.encode({ irVersion: 8, opsetImport: [{ domain: "", version: 17 }], graph }).finish();
  writeFileSync(`${folder}/onnx/model.onnx`, model);
  json("config", { vocab_size: words.length, bos_token_id: 0, eos_token_id: 0, ...config });
  json("generation_config", { eos_token_id: 0, pad_token_id: 0 });
  json("tokenizer_config", { tokenizer_class: "PreTrainedTokenizer", eos_token: words[0], pad_token: words[0], padding_side });
  json("tokenizer", {
    version: "1.0", truncation: null, padding: null, normalizer: null, post_processor: null, decoder: null,
    added_tokens: [{ id: 0, content: words[0], special: true, single_word: false, lstrip: false, rstrip: false, normalized: false }],
    pre_tokenizer: { type: "Whitespace" },
    model: { type: "WordLevel", vocab: Object.fromEntries(words.map((word, id) => [word, id])), unk_token: words[0] },
  });
}
JS
