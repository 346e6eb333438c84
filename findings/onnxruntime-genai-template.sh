#!/usr/bin/env bash
# Microsoft.ML.OnnxRuntimeGenAI 0.20.0: ApplyChatTemplate renders without trim_blocks and lstrip_blocks, with which transformers renders every chat
# template. A template written over several lines (Zephyr's, TinyLlama's) brings a line feed and its indentation for each tag: a prompt that the
# model never saw, without an error. A string's length and slices count bytes, so a slice cuts an Arabic letter in two, and / of two integers drops
# the rest. @huggingface/jinja, which follows transformers, is beside it. For whoever serves there: render the prompt elsewhere, or
# write tags with dashes and compare one prompt by its characters.
# Seen:
#   a template of six lines: jinja "<|user|>\nسلام</s>\n<|assistant|>", GenAI "\n  \n<|user|>\nسلام</s>\n  \n\n<|assistant|>"
#   {{ 'سلام' | length }}: jinja "4", GenAI "8"
#   {{ 'سلام'[1:] }}: jinja "لام", GenAI "\uFFFDلام"
#   {{ 7 / 2 }}: jinja "3.5", GenAI "3"
# Fails if that changes. Needs the .NET 10 SDK, node, a NuGet source and an npm registry; uses nothing of this project.
set -euo pipefail
. "$(dirname "$0")/shared/onnxruntime-genai.sh"
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$work/cache" --prefix "$work" @huggingface/jinja@0.5.11 >/dev/null
cat >template.mjs <<'JS'
import { writeFileSync } from "node:fs";
import { Template } from "@huggingface/jinja";
import { byteLevel, model } from "./model.mjs";
const lines = ["{% for message in messages %}", "  {% if message['role'] == 'user' %}", "{{ '<|user|>\\n' + message['content'] + '</s>' }}",
  "  {% endif %}", "{% endfor %}", "<|assistant|>"].join("\n");
const messages = [{ role: "user", content: "سلام" }];
const cases = [["a template of six lines", lines], ...["{{ 'سلام' | length }}", "{{ 'سلام'[1:] }}", "{{ 7 / 2 }}"].map((text) => [text, text])];
model("model", null, byteLevel);
writeFileSync("cases.json", JSON.stringify(cases.map(([title, template]) => ({ title, template, expected: new Template(template).render({ messages }) }))));
JS
cat >Program.cs <<'CS'
using System;
using System.IO;
using System.Text.Json;
using Microsoft.ML.OnnxRuntimeGenAI;
string Show(string text) => $"\"{text.Replace("\n", "\\n").Replace("\uFFFD", "\\uFFFD")}\"";
const string messages = """[{"role":"user","content":"سلام"}]""";
using var model = new Model("model");
using var tokenizer = new Tokenizer(model);
foreach (var row in JsonDocument.Parse(File.ReadAllText("cases.json")).RootElement.EnumerateArray())
{
    string Text(string name) => row.GetProperty(name).GetString()!;
    var found = tokenizer.ApplyChatTemplate(Text("template"), messages, "", false);
    Console.WriteLine($"{Text("title")}: jinja {Show(Text("expected"))}, GenAI {Show(found)}");
}
CS
node template.mjs
probe >seen
cat seen
diff - seen <<'OUT'
a template of six lines: jinja "<|user|>\nسلام</s>\n<|assistant|>", GenAI "\n  \n<|user|>\nسلام</s>\n  \n\n<|assistant|>"
{{ 'سلام' | length }}: jinja "4", GenAI "8"
{{ 'سلام'[1:] }}: jinja "لام", GenAI "\uFFFDلام"
{{ 7 / 2 }}: jinja "3.5", GenAI "3"
OUT
echo "as stated"
