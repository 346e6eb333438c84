#!/usr/bin/env bash
# npm openai 6.49.0: chat.completions.stream() puts the log-probabilities of the first piece that has any into its final completion twice, when
# that piece is also the first of its choice (role, text and logprobs in one chunk, which the format allows). And in every stream, also in
# the form of OpenAI's own service (a first chunk with the role alone), the helper goes on pushing the later tokens into the list of the chunk
# that it has already handed out: a caller who keeps the chunks finds the whole answer's log-probabilities in the first one, and the rest a
# second time. For whoever computes perplexities, ranks or votes from streamed log-probabilities: the sum is wrong, nothing is raised,
# and the text is right. Copy each chunk's list when it comes. (For the author of a server: send the role in a chunk of its own.)
# Seen (the server sends a b c with -1 -2 -4):
#   one chunk, role and text: final a a b c, sum -8; chunks kept: aabc | b | c
#   role in its own chunk: final a b c, sum -7; chunks kept: abc | b | c
# Fails if that changes. Needs node and an npm registry; uses nothing of this project.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$work/cache" --prefix "$work" openai@6.49.0 >/dev/null
cat >probe.mjs <<'JS'
import http from "node:http";
import OpenAI from "openai";
const piece = (token, logprob) => ({
  delta: { content: token }, finish_reason: null,
  logprobs: { content: [{ token, logprob, bytes: null, top_logprobs: [] }], refusal: null },
});
const role = { delta: { role: "assistant", content: "" }, finish_reason: null, logprobs: null };
const end = { delta: {}, finish_reason: "stop", logprobs: null };
const pieces = () => [piece("a", -1), piece("b", -2), piece("c", -4)];
const together = pieces();
together[0].delta.role = "assistant";
const streams = { "/together/chat/completions": [...together, end], "/apart/chat/completions": [role, ...pieces(), end] };
const server = http.createServer((request, response) => {
  request.resume();
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const choice of streams[request.url]) {
    const chunk = { id: "1", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, ...choice }] };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  }
  response.end("data: [DONE]\n\n");
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
for (const [path, name] of [["together", "one chunk, role and text"], ["apart", "role in its own chunk"]]) {
  const client = new OpenAI({ apiKey: "none", baseURL: `http://127.0.0.1:${server.address().port}/${path}` });
  const stream = client.chat.completions.stream({ model: "m", messages: [{ role: "user", content: "q" }], logprobs: true });
  const kept = [];
  for await (const chunk of stream) if (chunk.choices[0].logprobs) kept.push(chunk.choices[0].logprobs.content);
  const tokens = (await stream.finalChatCompletion()).choices[0].logprobs.content;
  const sum = tokens.reduce((total, t) => total + t.logprob, 0);
  const chunks = kept.map((list) => list.map((t) => t.token).join("")).join(" | ");
  console.log(`${name}: final ${tokens.map((t) => t.token).join(" ")}, sum ${sum}; chunks kept: ${chunks}`);
}
server.close();
JS
node probe.mjs >seen
cat seen
diff - seen <<'OUT'
one chunk, role and text: final a a b c, sum -8; chunks kept: aabc | b | c
role in its own chunk: final a b c, sum -7; chunks kept: abc | b | c
OUT
echo "as stated"
