// Times Hugging Face's tokenizers (Rust, by its npm binding, prebuilt) on one thread. Prints one JSON line with the best round, in processor seconds.
//   npm install --prefix benchmarks/peers tokenizers
//   node hf-tokenizers.mjs tokenizer.json CORPUS [rounds=3]     texts in CORPUS are parted by a zero character
import {readFileSync} from "node:fs";
import {createRequire} from "node:module";

process.env.TOKENIZERS_PARALLELISM = "false";
process.env.UV_THREADPOOL_SIZE = "1";
const {Tokenizer} = createRequire(import.meta.url)("tokenizers");
const [definition, corpus, rounds = 3] = process.argv.slice(2);
const tokenizer = Tokenizer.fromString(readFileSync(definition, "utf8"));
const texts = readFileSync(corpus, "utf8").split("\0");
let best = Infinity, tokens = 0;
for (let round = 0; round < Number(rounds); round++) {
    const start = process.cpuUsage();
    tokens = 0;
    for (const text of texts) tokens += (await tokenizer.encode(text, null, {addSpecialTokens: false})).getLength();
    const used = process.cpuUsage(start);
    best = Math.min(best, (used.user + used.system) / 1e6);
}
console.log(JSON.stringify({seconds: best, tokens}));
