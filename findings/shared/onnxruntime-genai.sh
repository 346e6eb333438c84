# Sourced by the findings of ONNX Runtime GenAI: a folder of its own, thrown away at the end, with a project of version 0.20.0, and model.mjs, whose
# `model` writes a model of one layer that computes nothing, in its form, with a byte-level tokenizer. Knows no finding.
. "$(dirname "$0")/shared/dotnet.sh" Microsoft.ML.OnnxRuntimeGenAI 0.20.0
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$work/cache" --prefix "$work" tokenizers@0.23.2 onnx-proto@8.0.1 >/dev/null
cat >model.mjs <<'JS'
import { mkdirSync, writeFileSync } from "node:fs";
import proto from "onnx-proto";
const printable = (byte) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
let next = 256;
const letters = Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
const [space, arabicDigit] = [letters[32], letters[0xd9]];
const vocab = Object.fromEntries([...letters, space + space, space + arabicDigit].map((token, id) => [token, id]));
const merges = [`${space} ${space}`, `${space} ${arabicDigit}`];
export const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
const dimension = (size) => (typeof size === "string" ? { dimParam: size } : { dimValue: size });
const value = (name, elemType, shape) => ({ name, type: { tensorType: { elemType, shape: { dim: shape.map(dimension) } } } });
const pair = (kind) => ["key", "value"].map((what) => value(`${kind}.0.${what}`, 1, ["batch", 1, "past", 1]));
const graph = {
  name: "g",
  node: [
    { opType: "Cast", input: ["input_ids"], output: ["logits"], attribute: [{ name: "to", i: 1, type: 2 }] },
    ...["key", "value"].map((what) => ({ opType: "Identity", input: [`past.0.${what}`], output: [`present.0.${what}`] })),
  ],
  input: [value("input_ids", 7, ["batch", "length"]), value("attention_mask", 7, ["batch", "all"]), ...pair("past")],
  output: [value("logits", 1, ["batch", "length"]), ...pair("present")],
};
const decoder = {
  filename: "model.onnx", session_options: { provider_options: [] },
  head_size: 1, hidden_size: 1, num_attention_heads: 1, num_hidden_layers: 1, num_key_value_heads: 1,
  inputs: { input_ids: "input_ids", attention_mask: "attention_mask", past_key_names: "past.%d.key", past_value_names: "past.%d.value" },
  outputs: { logits: "logits", present_key_names: "present.%d.key", present_value_names: "present.%d.value" },
};
const config = { type: "llama", bos_token_id: 0, eos_token_id: 0, pad_token_id: 0, context_length: 64, vocab_size: 258, decoder };
export function model(folder, normalizer, pre_tokenizer) {
  const tokenizer = JSON.stringify({
    version: "1.0", truncation: null, padding: null, added_tokens: [], normalizer, pre_tokenizer, post_processor: null, decoder: byteLevel,
    model: {
      type: "BPE", dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: false,
      byte_fallback: false, vocab, merges,
    },
  });
  mkdirSync(folder, { recursive: true });
  const onnx = proto.onnx.ModelProto.encode({ irVersion: 8, opsetImport: [{ domain: "", version: 17 }], graph }).finish();
  writeFileSync(`${folder}/model.onnx`, onnx);
  writeFileSync(`${folder}/tokenizer.json`, tokenizer);
  writeFileSync(`${folder}/genai_config.json`, JSON.stringify({ model: config, search: { max_length: 64 } }));
  writeFileSync(`${folder}/tokenizer_config.json`, JSON.stringify({ tokenizer_class: "PreTrainedTokenizerFast" }));
  return tokenizer;
}
JS
