# Sourced by the findings of @huggingface/transformers: a folder of its own, thrown away at the end, with version 4.3.2 and bigram.mjs, whose
# `bigram` writes a model of a few words in its form: the logits of the next word are the row of the last one. Knows no finding.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$work/cache" --prefix "$work" @huggingface/transformers@4.3.2 onnx-proto@8.0.1 \
  >/dev/null
cat >bigram.mjs <<'JS'
import { mkdirSync, writeFileSync } from "node:fs";
import proto from "onnx-proto";
const dimension = (size) => (typeof size === "string" ? { dimParam: size } : { dimValue: size });
const value = (name, elemType, shape) => ({ name, type: { tensorType: { elemType, shape: { dim: shape.map(dimension) } } } });
export const words = ["<end>", "a", "b", "c", "d"];
const size = words.length;
export function bigram(name, probabilities, padding_side = "left") {
  const folder = `models/${name}`;
  mkdirSync(`${folder}/onnx`, { recursive: true });
  const write = (file, content) => writeFileSync(`${folder}/${file}.json`, JSON.stringify(content));
  const graph = {
    name,
    initializer: [{ name: "table", dataType: 1, dims: [size, size], floatData: probabilities.flat().map((x) => Math.log(x + 1e-6)) }],
    node: [
      { opType: "Gather", input: ["table", "input_ids"], output: ["logits"] },
      { opType: "Identity", input: ["attention_mask"], output: ["mask"] },
    ],
    input: [value("input_ids", 7, ["batch", "length"]), value("attention_mask", 7, ["batch", "all"])],
    output: [value("logits", 1, ["batch", "length", size]), value("mask", 7, ["batch", "all"])],
  };
  const model = proto.onnx.ModelProto.encode({ irVersion: 8, opsetImport: [{ domain: "", version: 17 }], graph }).finish();
  writeFileSync(`${folder}/onnx/model.onnx`, model);
  write("config", { model_type: "gpt2", vocab_size: size, n_layer: 0, n_head: 1, n_embd: 1, bos_token_id: 0, eos_token_id: 0 });
  write("generation_config", { eos_token_id: 0, pad_token_id: 0 });
  write("tokenizer_config", { tokenizer_class: "PreTrainedTokenizer", eos_token: words[0], pad_token: words[0], padding_side });
  write("tokenizer", {
    version: "1.0", truncation: null, padding: null, normalizer: null, post_processor: null, decoder: null,
    added_tokens: [{ id: 0, content: words[0], special: true, single_word: false, lstrip: false, rstrip: false, normalized: false }],
    pre_tokenizer: { type: "Whitespace" },
    model: { type: "WordLevel", vocab: Object.fromEntries(words.map((word, id) => [word, id])), unk_token: words[0] },
  });
}
JS
