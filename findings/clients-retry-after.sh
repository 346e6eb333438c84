#!/usr/bin/env bash
# Three OpenAI clients of npm treat a busy server's answer each in its own way, with the number of retries left at its default. openai 6.49.0
# waits as long as Retry-After says, also 70 seconds. The AI SDK (ai 6.0.326 with @ai-sdk/openai-compatible 2.0.92) obeys 4 seconds, but told to
# wait 70 it comes back after 2, into the same limit. LangChain (@langchain/openai 1.5.8, core 1.4.0), which promises six retries, throws a
# 429 without Retry-After away at once, and one with 70 seconds too; a 503 it does retry, but on its own clock, whatever the header says.
# For whoever runs a server with limits: a 429 without a header loses LangChain's users, a long one has others knocking too early. Send
# Retry-After with every 429, in whole seconds below a minute.
# Seen (columns: 429 without the header | 429 with 4 s | 503 with 4 s | 429 with 70 s; watched for 8 s):
#   openai: asks again | waits as told | waits as told | waits as told
#   ai: asks again | waits as told | waits as told | asks again too early
#   langchain: gives up at once | waits as told | asks again too early | gives up at once
# Fails if that changes. Needs node and an npm registry; uses nothing of this project.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$work/cache" --prefix "$work" openai@6.49.0 ai@6.0.326 \
  @ai-sdk/openai-compatible@2.0.92 @langchain/openai@1.5.8 @langchain/core@1.4.0 zod@4.6.7 >/dev/null
cat >probe.mjs <<'JS'
import http from "node:http";
import OpenAI from "openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText } from "ai";
import { ChatOpenAI } from "@langchain/openai";
const reply = {
  id: "1", object: "chat.completion", created: 1, model: "m", usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  choices: [{ index: 0, message: { role: "assistant", content: "ok" }, finish_reason: "stop" }],
};
const times = {};
const server = http.createServer((request, response) => {
  request.resume();
  const [, client, status, seconds] = request.url.split("/");
  const seen = (times[`${client} ${status} ${seconds}`] ??= []);
  seen.push(performance.now());
  const first = seen.length === 1;
  const wait = first && seconds !== "none" ? { "retry-after": seconds } : {};
  response.writeHead(first ? Number(status) : 200, { "content-type": "application/json", ...wait });
  response.end(JSON.stringify(first ? { error: { message: "busy", type: "rate_limit", code: null, param: null } } : reply));
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const messages = [{ role: "user", content: "q" }];
const clients = {
  openai: (baseURL) => new OpenAI({ apiKey: "none", baseURL }).chat.completions.create({ model: "m", messages }),
  ai: (baseURL) => generateText({ model: createOpenAICompatible({ name: "s", baseURL })("m"), prompt: "q" }),
  langchain: (baseURL) => new ChatOpenAI({ model: "m", apiKey: "none", configuration: { baseURL } }).invoke("q"),
};
const later = (s) => new Promise((done) => setTimeout(done, s * 1000, "waits"));
async function ask(client, status, seconds) {
  const base = `http://127.0.0.1:${server.address().port}/${client}/${status}/${seconds}`;
  const end = await Promise.race([clients[client](base).then(() => "answer", () => "gives up at once"), later(8)]);
  if (end !== "answer") return end === "waits" ? "waits as told" : end;
  const [first, second] = times[`${client} ${status} ${seconds}`];
  if (seconds === "none") return "asks again";
  return (second - first) / 1000 > Number(seconds) - 0.1 ? "waits as told" : "asks again too early";
}
const cases = [[429, "none"], [429, 4], [503, 4], [429, 70]];
const rows = Object.keys(clients).map(async (client) => {
  const ends = await Promise.all(cases.map(([status, seconds]) => ask(client, status, seconds)));
  return `${client}: ${ends.join(" | ")}`;
});
for (const row of await Promise.all(rows)) console.log(row);
process.exit(0);
JS
node probe.mjs >seen
cat seen
diff - seen <<'OUT'
openai: asks again | waits as told | waits as told | waits as told
ai: asks again | waits as told | waits as told | asks again too early
langchain: gives up at once | waits as told | asks again too early | gives up at once
OUT
echo "as stated"
