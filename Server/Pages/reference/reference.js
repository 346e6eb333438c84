// The reference: every endpoint as the server's own document describes it. Knows no endpoint.
import { at, say, speak, tell } from "../shared/language.js";
import { failure, send } from "../shared/wire.js";
import { words } from "./words.js";

const DEEPEST = 5;
let schemas = {};

function make(name, kind, ...inside) {
  const element = document.createElement(name);
  element.className = kind;
  element.append(...inside);
  return element;
}

function resolved(schema) {
  const name = schema?.$ref?.split("/").at(-1);
  return name ? schemas[name] ?? {} : schema ?? {};
}

function typeOf(schema) {
  const { type, items, anyOf, oneOf } = resolved(schema);
  if (items) return `${typeOf(items)}[]`;
  const choices = (anyOf ?? oneOf)?.map(typeOf);
  return [type ?? choices ?? "any"].flat().filter(word => word !== "null").join(" | ");
}

/** The fields of an object, or of the objects in a list; null where there are none to tell of. */
function fields(schema, depth = 0) {
  const whole = resolved(schema);
  if (whole.items) return fields(whole.items, depth);
  const choice = (whole.anyOf ?? whole.oneOf)?.find(one => resolved(one).properties);
  if (choice) return fields(choice, depth);
  if (!whole.properties || depth === DEEPEST) return null;
  return make("ul", "fields", ...Object.entries(whole.properties).map(([name, inner]) =>
    make("li", "field", make("code", "", name), " ", make("span", "type", typeOf(inner)), fields(inner, depth + 1) ?? "")));
}

function endpoint(path, method, operation) {
  const name = `${method.toUpperCase()} ${path}`;
  const roles = make("p", "roles");
  const list = operation["x-roles"]?.join(", ");
  tell(roles, words => list ? words.roles(list) : words.anybody);
  const fold = make("details", "endpoint", make("summary", "", make("code", "", name), ` ${operation.summary ?? ""}`), roles);
  const shape = fields(operation.responses?.[200]?.content?.["application/json"]?.schema);
  if (shape) {
    const title = make("p", "");
    tell(title, words => words.reply);
    fold.append(title, shape);
  }
  fold.dataset.name = name.toLowerCase();
  return fold;
}

function find() {
  const wanted = at("find").value.trim().toLowerCase();
  for (const fold of at("endpoints").children) fold.hidden = !fold.dataset.name.includes(wanted);
}

speak(words);
at("find").addEventListener("input", find);
try {
  const described = await (await send("/openapi.json")).json();
  schemas = described.components?.schemas ?? {};
  at("endpoints").append(...Object.entries(described.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => endpoint(path, method, operation))));
} catch (error) { say(failure(error)); }
