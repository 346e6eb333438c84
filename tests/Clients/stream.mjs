// Streams one chat with a JavaScript client and says in one JSON line what its user would see: {"text": ..., "error": ...}.
// usage: node stream.mjs BASE_URL CLIENT, one of the clients below
import Anthropic from "@anthropic-ai/sdk";
import { CohereClientV2 } from "cohere-ai";
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

const anthropic = () => new Anthropic({ baseURL: new URL(baseURL).origin, apiKey, maxRetries: 0 }).messages;
const asked = { model: "current", max_tokens: 100, messages };

async function anthropicStream() {
  return await anthropic().stream(asked).finalText();
}

// Asks for a thread first, as its client does of every server.
async function anthropicRunner() {
  const tools = ["get_weather", "get_time"].map(name =>
    ({ name, input_schema: { type: "object" }, parse: input => input, run: async () => "noon" }));
  const client = new Anthropic({ baseURL: new URL(baseURL).origin, apiKey, maxRetries: 0 });
  const last = await client.beta.messages.toolRunner({ ...asked, max_tokens: 400, tools, max_iterations: 3 });
  return last.content.map(block => block.text ?? "").join("");
}

const cohere = () => new CohereClientV2({ token: apiKey, environment: new URL(baseURL).origin, maxRetries: 0 });

async function cohereStream() {
  let text = "";
  for await (const event of await cohere().chatStream({ model: "current", messages }))
    if (event.type === "content-delta") text += event.delta.message.content.text;
  return text;
}

const clients = {
  openai,
  anthropic: async () => (await anthropic().create(asked)).content[0].text,
  "anthropic-stream": anthropicStream,
  "anthropic-runner": anthropicRunner,
  "anthropic-error": () => anthropic().create({ ...asked, model: "nobody" }),
  cohere: async () => (await cohere().chat({ model: "current", messages })).message.content[0].text,
  "cohere-stream": cohereStream,
  "cohere-error": () => cohere().chat({ model: "nobody", messages }),
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
