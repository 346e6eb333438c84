// Streams one chat with a JavaScript client and says in one JSON line what its user would see: {"text": ..., "error": ...}.
// usage: node stream.mjs BASE_URL openai|openai-responses|ai-openai|ai-openai-compatible|ai-responses
import OpenAI from "openai";
import { streamText } from "ai";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";

const [baseURL, client] = process.argv.slice(2);
const apiKey = "any";
const messages = [{ role: "user", content: "hello" }];

async function openai() {
  const chunks = await new OpenAI({ baseURL, apiKey, maxRetries: 0 }).chat.completions.create({ model: "current", messages, stream: true });
  let text = "";
  for await (const chunk of chunks) text += chunk.choices[0]?.delta.content ?? "";
  return text;
}

async function ai(model, asked = messages) {
  return await streamText({ model, messages: asked, maxRetries: 0, onError() {} }).text;
}

async function openaiResponses() {
  const stream = new OpenAI({ baseURL, apiKey, maxRetries: 0 }).responses.stream({ model: "current", input: messages });
  return (await stream.finalResponse()).output_text;
}

// The second turn refers to the items of the first by their ids.
async function aiResponses() {
  const model = createOpenAI({ baseURL, apiKey }).responses("current");
  const first = streamText({ model, messages, maxRetries: 0, onError() {} });
  const said = (await first.response).messages;
  return await ai(model, [...messages, ...said, ...messages]);
}

const clients = {
  openai,
  "openai-responses": openaiResponses,
  "ai-responses": aiResponses,
  "ai-openai": () => ai(createOpenAI({ baseURL, apiKey }).chat("current")),
  "ai-openai-compatible": () => ai(createOpenAICompatible({ name: "majlis", baseURL, apiKey }).chatModel("current")),
};

let seen;
try {
  seen = { text: await clients[client](), error: null };
} catch (error) {
  seen = { text: null, error: `${error.name}: ${error.message}` };
}
console.log(JSON.stringify(seen));
