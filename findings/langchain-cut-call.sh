#!/usr/bin/env bash
# npm langchain 1.5.14 (@langchain/openai 1.5.8, core 1.4.0): a tool call that the token limit cut off (finish_reason "length") is an invalid call
# without streaming, and a valid one with it: the pieces are joined by a parser that closes open quotes and brackets. An agent that is read with
# streamMode "messages", or whose model has `streaming: true`, runs the tool with what had arrived by then: a shorter path, 15 where 1500 was
# meant. Besides, a stream whose first piece has no role (the format leaves it open) loses its tool calls without an error, and two choices
# (n: 2) become one text, piece by piece. For whoever lets agents act: check response_metadata.finish_reason before a tool runs, and give the
# model room. (For the author of a server: send the role first.)
# Seen:
#   agent, invoke: tool ran with []
#   agent, invoke, model with streaming: tool ran with ["/data/archive"]
#   agent, streamMode messages: tool ran with ["/data/archive"]
#   stream without a role: tool calls "none"
#   "yes" and "no" side by side: "yenso", finish_reason stopstop
# Fails if that changes. Needs node and an npm registry; uses nothing of this project.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$work/cache" --prefix "$work" langchain@1.5.14 @langchain/openai@1.5.8 \
  @langchain/core@1.4.0 zod@4.6.7 js-tiktoken@1.0.21 >/dev/null
cat >server.mjs <<'JS'
import http from "node:http";
// What /NAME/chat/completions answers: the pieces of a stream or one reply; the end once a tool has run.
const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
const piece = (delta, finish_reason = null, index = 0) => ({ index, delta, finish_reason });
const call = (text) => ({ tool_calls: [{ index: 0, id: "c1", type: "function", function: { name: "remove", arguments: text } }] });
const cut = '{"folder": "/data/archive';
const role = piece({ role: "assistant", content: "" });
const streams = {
  cut: [role, piece(call(cut)), piece({}, "length")],
  norole: [piece(call('{"folder": "/tmp"}')), piece({}, "tool_calls")],
  two: [role, piece({ role: "assistant", content: "" }, null, 1), piece({ content: "ye" }), piece({ content: "n" }, null, 1),
    piece({ content: "s" }), piece({ content: "o" }, null, 1), piece({}, "stop"), piece({}, "stop", 1)],
  end: [role, piece({ content: "done" }), piece({}, "stop")],
};
const replies = {
  cut: { index: 0, message: { role: "assistant", content: null, ...call(cut) }, finish_reason: "length" },
  end: { index: 0, message: { role: "assistant", content: "done" }, finish_reason: "stop" },
};
const server = http.createServer(async (request, response) => {
  let text = "";
  for await (const part of request) text += part;
  const asked = JSON.parse(text);
  const name = asked.messages.some((m) => m.role === "tool") ? "end" : request.url.split("/")[1];
  const head = { id: "1", created: 1, model: "m" };
  response.setHeader("content-type", asked.stream ? "text/event-stream" : "application/json");
  if (!asked.stream) return response.end(JSON.stringify({ ...head, object: "chat.completion", choices: [replies[name]], usage }));
  const send = (choices, more = {}) =>
    response.write(`data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices, ...more })}\n\n`);
  for (const choice of streams[name]) send([choice]);
  send([], { usage });
  response.end("data: [DONE]\n\n");
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
export const address = (name) => `http://127.0.0.1:${server.address().port}/${name}`;
JS
cat >probe.mjs <<'JS'
import { ChatOpenAI } from "@langchain/openai";
import { createAgent, tool } from "langchain";
import { z } from "zod";
import ranks from "js-tiktoken/ranks/o200k_base";
import { address } from "./server.mjs";
// A model that streams asks a host of the internet for a vocabulary, to estimate tokens that the server has told; it gets one from the disk here.
const { fetch } = globalThis;
globalThis.fetch = (url, ...more) => (String(url.url ?? url).includes("tiktoken") ? Promise.resolve(Response.json(ranks)) : fetch(url, ...more));
const model = (name, more = {}) => new ChatOpenAI({ model: "m", apiKey: "none", maxRetries: 0, configuration: { baseURL: address(name) }, ...more });
const schema = z.object({ folder: z.string() });
const run = [];
const remove = tool((given) => run.push(given.folder) && "done", { name: "remove", description: "removes a folder", schema });
const messages = [{ role: "user", content: "q" }];
const agent = (more) => createAgent({ model: model("cut", more), tools: [remove] });
await agent({}).invoke({ messages });
console.log(`agent, invoke: tool ran with ${JSON.stringify(run.splice(0))}`);
await agent({ streaming: true }).invoke({ messages });
console.log(`agent, invoke, model with streaming: tool ran with ${JSON.stringify(run.splice(0))}`);
for await (const _ of await agent({}).stream({ messages }, { streamMode: "messages" })) ;
console.log(`agent, streamMode messages: tool ran with ${JSON.stringify(run.splice(0))}`);
async function whole(name) {
  let sum;
  for await (const part of await model(name).stream("q")) sum = sum ? sum.concat(part) : part;
  return sum;
}
console.log(`stream without a role: tool calls ${JSON.stringify((await whole("norole")).tool_calls ?? "none")}`);
const two = await whole("two");
console.log(`"yes" and "no" side by side: "${two.content}", finish_reason ${two.response_metadata.finish_reason}`);
process.exit(0);
JS
node probe.mjs 2>stderr >seen
cat seen
diff - seen <<'OUT'
agent, invoke: tool ran with []
agent, invoke, model with streaming: tool ran with ["/data/archive"]
agent, streamMode messages: tool ran with ["/data/archive"]
stream without a role: tool calls "none"
"yes" and "no" side by side: "yenso", finish_reason stopstop
OUT
echo "as stated"
