// Vectors by transformers.js (ONNX runtime): each line of standard input is a JSON list of texts, each line of output their vectors and the
// wall seconds that they took with the fastest of three batch sizes.
//   npm install --prefix benchmarks/peers @huggingface/transformers
//   node hf-embeddings.mjs MODEL     a folder with config.json, tokenizer.json, tokenizer_config.json and onnx/model.onnx
import {createRequire} from "node:module";
import {basename, dirname} from "node:path";
import {createInterface} from "node:readline";

const {env, pipeline} = createRequire(import.meta.url)("@huggingface/transformers");
const model = process.argv[2];
env.localModelPath = dirname(model);
env.allowRemoteModels = false;
const extract = await pipeline("feature-extraction", basename(model), {dtype: "fp32"});
for await (const line of createInterface({input: process.stdin})) {
    const texts = JSON.parse(line);
    let seconds = Infinity, vectors;
    for (const size of [1, 8, 32]) {
        const start = performance.now();
        vectors = [];
        for (let at = 0; at < texts.length; at += size)
            vectors.push(...(await extract(texts.slice(at, at + size), {pooling: "mean", normalize: true})).tolist());
        seconds = Math.min(seconds, (performance.now() - start) / 1000);
    }
    console.log(JSON.stringify({seconds, vectors}));
}
