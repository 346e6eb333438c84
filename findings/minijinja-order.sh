#!/usr/bin/env bash
# npm minijinja-js 2.11.0: the keys of every object that a caller passes in come out in the order of the alphabet: in tojson, in a loop, printed.
# A chat template that writes its tools gives "amount" before "to" and "function" before "type", where transformers keeps the caller's order;
# tojson also leaves out the blanks after : and , and writes < > & ' as \u003c and so on, as for a web page. Objects written in the template are
# sorted, too. The template runs and the prompt looks right. For whoever renders prompts with it in node or in a browser: the model
# sees tools in a form it was not trained on, arguments come back in another order, and a server's cached prefixes are missed. Pass tools as text
# made by JSON.stringify with the blanks, or render with @huggingface/jinja.
# Seen (the second line by @huggingface/jinja 0.5.11, which does as transformers here):
#   {{ tool | tojson }}
#     minijinja-js: {"description":"a \u003c b \u0026 it\u0027s","name":"pay","properties":{"amount":{"type":"number"},"to":{"type":"string"}}}
#     transformers: {"name": "pay", "description": "a < b & it's", "properties": {"to": {"type": "string"}, "amount": {"type": "number"}}}
#   {% for key, value in message | items %}{{ key }}={{ value }};{% endfor %}
#     minijinja-js: content=hi;role=user;
#     transformers: role=user;content=hi;
#   {{ {'role': 'user', 'content': 'hi'} | tojson }}
#     minijinja-js: {"content":"hi","role":"user"}
#     transformers: {"role": "user", "content": "hi"}
# Fails if that changes. Needs node and an npm registry; uses nothing of this project.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$work/cache" --prefix "$work" \
  minijinja-js@2.11.0 @huggingface/jinja@0.5.11 >/dev/null
cat >probe.mjs <<'JS'
import { createRequire } from "node:module";
import { Template } from "@huggingface/jinja";
const { Environment } = createRequire(import.meta.url)("minijinja-js");
const properties = { to: { type: "string" }, amount: { type: "number" } };
const given = { tool: { name: "pay", description: "a < b & it's", properties }, message: { role: "user", content: "hi" } };
const templates = [
  "{{ tool | tojson }}",
  "{% for key, value in message | items %}{{ key }}={{ value }};{% endfor %}",
  "{{ {'role': 'user', 'content': 'hi'} | tojson }}",
];
for (const template of templates) {
  console.log(template);
  console.log(`  minijinja-js: ${new Environment().renderStr(template, given)}`);
  console.log(`  transformers: ${new Template(template).render(given)}`);
}
JS
node probe.mjs >seen
cat seen
diff - seen <<'OUT'
{{ tool | tojson }}
  minijinja-js: {"description":"a \u003c b \u0026 it\u0027s","name":"pay","properties":{"amount":{"type":"number"},"to":{"type":"string"}}}
  transformers: {"name": "pay", "description": "a < b & it's", "properties": {"to": {"type": "string"}, "amount": {"type": "number"}}}
{% for key, value in message | items %}{{ key }}={{ value }};{% endfor %}
  minijinja-js: content=hi;role=user;
  transformers: role=user;content=hi;
{{ {'role': 'user', 'content': 'hi'} | tojson }}
  minijinja-js: {"content":"hi","role":"user"}
  transformers: {"role": "user", "content": "hi"}
OUT
echo "as stated"
