#!/usr/bin/env bash
# npm @langchain/openai 1.5.8 (core 1.4.0): a ChatOpenAI with `streaming: true` estimates the tokens of each answer, though the server has sent its
# usage, and gets the vocabulary for that from a host of the internet. Where none is reached (the usual place of a model of one's own) it tries
# seven times with growing waits for every text to be counted: invoke() of an answer of one word, complete at once, came back after 204 seconds here.
# No error, the usage in the message is the server's all the same, and without `streaming` the answer is there at once. An agent that is read with
# streamMode "messages" goes the same way. For whoever runs LangChain against a private server: leave `streaming` off and call stream(), or let
# the process reach a copy of the vocabulary.
# Seen (answer of one word, fetch to other hosts fails at once, watched for 10 s):
#   invoke: yes, 8 tokens; other hosts asked: no
#   stream: yes, 8 tokens; other hosts asked: no
#   invoke, streaming: true: still waiting; other hosts asked: yes
# Fails if that changes. Needs node and an npm registry; uses nothing of this project.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$work/cache" --prefix "$work" \
  @langchain/openai@1.5.8 @langchain/core@1.4.0 >/dev/null
cat >probe.mjs <<'JS'
import http from "node:http";
import { ChatOpenAI } from "@langchain/openai";
const usage = { prompt_tokens: 7, completion_tokens: 1, total_tokens: 8 };
const head = { id: "1", created: 1, model: "m" };
const server = http.createServer(async (request, response) => {
  let text = "";
  for await (const part of request) text += part;
  const { stream } = JSON.parse(text);
  response.setHeader("content-type", stream ? "text/event-stream" : "application/json");
  const choice = { index: 0, finish_reason: "stop" };
  const message = { role: "assistant", content: "yes" };
  if (!stream) return response.end(JSON.stringify({ ...head, object: "chat.completion", choices: [{ ...choice, message }], usage }));
  for (const rest of [{ choices: [{ ...choice, delta: message }] }, { choices: [], usage }])
    response.write(`data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", ...rest })}\n\n`);
  response.end("data: [DONE]\n\n");
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const { fetch } = globalThis;
const others = [];
globalThis.fetch = (url, ...more) => {
  if (new URL(url.url ?? url).hostname === "127.0.0.1") return fetch(url, ...more);
  others.push(url);
  return Promise.reject(new TypeError("fetch failed"));
};
const baseURL = `http://127.0.0.1:${server.address().port}/v1`;
const model = (more) => new ChatOpenAI({ model: "m", apiKey: "none", configuration: { baseURL }, ...more });
const watch = () => new Promise((done) => setTimeout(done, 10000, null));
async function show(name, answer) {
  const before = others.length;
  const got = await Promise.race([answer, watch()]);
  const end = got ? `${got.content}, ${got.usage_metadata.total_tokens} tokens` : "still waiting";
  console.log(`${name}: ${end}; other hosts asked: ${others.length > before ? "yes" : "no"}`);
}
async function joined() {
  let sum;
  for await (const part of await model().stream("q")) sum = sum ? sum.concat(part) : part;
  return sum;
}
await show("invoke", model().invoke("q"));
await show("stream", joined());
await show("invoke, streaming: true", model({ streaming: true }).invoke("q"));
process.exit(0);
JS
node probe.mjs 2>stderr >seen
cat seen
diff - seen <<'OUT'
invoke: yes, 8 tokens; other hosts asked: no
stream: yes, 8 tokens; other hosts asked: no
invoke, streaming: true: still waiting; other hosts asked: yes
OUT
echo "as stated"
