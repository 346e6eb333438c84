// Times clients that ask llama.cpp at the same time (its npm package, prebuilt). Prints one JSON line: milliseconds to the first token and
// between two tokens, tokens a second from the question to the last token of all.
//   npm install --prefix benchmarks/peers --ignore-scripts node-llama-cpp @node-llama-cpp/linux-x64
//   node llama-clients.mjs MODEL.gguf [threads=2] [prompt=128] [generate=128] [clients=1]
import {getLlama, LlamaLogLevel} from "node-llama-cpp";

const [model, threads = 2, prompt = 128, generate = 128, clients = 1] =
    process.argv.slice(2).map((value, i) => i === 0 ? value : Number(value));
const llama = await getLlama({gpu: false, build: "never", maxThreads: threads, logLevel: LlamaLogLevel.error});
const weights = await llama.loadModel({modelPath: model});
const context = await weights.createContext({
    contextSize: prompt + generate + 8, sequences: clients, batchSize: Math.max(512, clients), threads, flashAttention: true});
// Fixed token ids, as ours: speed does not depend on the text.
const pick = client => Array.from({length: prompt}, (_, i) => 100 + (client * 31 + i * 7919) % 4000);
const sequences = Array.from({length: clients}, () => context.getSequence());

const ask = async (sequence, client) => {
    const times = [];
    for await (const _ of sequence.evaluate(pick(client), {temperature: 0, yieldEogToken: true}))
        if (times.push(performance.now()) >= generate) break;
    return times;
};
const at = (sorted, share) => sorted[Math.floor(share * (sorted.length - 1))];
const sorted = numbers => numbers.sort((a, b) => a - b);

let result;
for (let round = 0; round < 2; round++) {               // the first warms up
    for (const sequence of sequences) await sequence.clearHistory();
    const start = performance.now();
    const answers = await Promise.all(sequences.map(ask));
    const first = sorted(answers.map(times => times[0] - start));
    const between = sorted(answers.flatMap(times => times.slice(1).map((time, i) => time - times[i])));
    result = {first_p50_ms: at(first, 0.5), first_max_ms: first.at(-1), between_p50_ms: at(between, 0.5), between_p99_ms: at(between, 0.99),
        tokens_s: clients * generate / (Math.max(...answers.map(times => times.at(-1))) - start) * 1000};
}
console.log(JSON.stringify(result));
process.exit(0);
