#!/usr/bin/env bash
# npm @huggingface/jinja 0.5.11, the engine that renders chat templates in JavaScript (transformers.js and what is built on it), ignores the
# argument of strip, lstrip and rstrip: it takes off all white space, or nothing. Templates of thinking models say `.lstrip('\n')` and
# `.strip('\n')` where they cut the thoughts from the answer, so that code that begins with blanks keeps them; here it loses them, and a
# leading `#` or `=` named in the argument stays. Nor do lists and dicts compare by value: [1] == [1] is false, while '1' == 1 is true;
# -7 % 3 is -1; capitalize leaves the tail as it was; CR LF stays. No error: the prompt only differs from the one that transformers makes
# and the model was trained on, and its tokens from those a server has cached.
# Seen (behind the arrow what Jinja2 3.1.6 gives):
#   after the thoughts: "x = 1" -> "    x = 1"
#   strip of equal signs: "==a==" -> "a"
#   rstrip of a full stop: "done..." -> "done"
#   [1] == [1]: "false" -> "True"
#   {'a': 1} == {'a': 1}: "false" -> "True"
#   '1' == 1: "true" -> "False"
#   -7 % 3: "-1" -> "2"
#   capitalize: "MODEL a" -> "Model a"
#   line ends: "a\r\nb" -> "a\nb"
# Fails if that changes. Needs node and an npm registry; uses nothing of this project.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$work/cache" --prefix "$work" @huggingface/jinja@0.5.11 >/dev/null
cat >probe.mjs <<'JS'
import { Template } from "@huggingface/jinja";
const text = "<think>\nplan\n</think>\n\n    x = 1";
const cases = [
  ["after the thoughts", "{{ text.split('</think>')[-1].lstrip('\\n') }}", "    x = 1"],
  ["strip of equal signs", "{{ '==a=='.strip('=') }}", "a"],
  ["rstrip of a full stop", "{{ 'done...'.rstrip('.') }}", "done"],
  ["[1] == [1]", "{{ [1] == [1] }}", "True"],
  ["{'a': 1} == {'a': 1}", "{{ {'a': 1} == {'a': 1} }}", "True"],
  ["'1' == 1", "{{ '1' == 1 }}", "False"],
  ["-7 % 3", "{{ -7 % 3 }}", "2"],
  ["capitalize", "{{ 'MODEL a' | capitalize }}", "Model a"],
  ["line ends", "a\r\nb", "a\nb"],
];
for (const [name, template, jinja2] of cases) {
  const seen = new Template(template).render({ text });
  console.log(`${name}: ${JSON.stringify(seen)} -> ${JSON.stringify(jinja2)}`);
}
JS
node probe.mjs >seen
cat seen
diff - seen <<'OUT'
after the thoughts: "x = 1" -> "    x = 1"
strip of equal signs: "==a==" -> "a"
rstrip of a full stop: "done..." -> "done"
[1] == [1]: "false" -> "True"
{'a': 1} == {'a': 1}: "false" -> "True"
'1' == 1: "true" -> "False"
-7 % 3: "-1" -> "2"
capitalize: "MODEL a" -> "Model a"
line ends: "a\r\nb" -> "a\nb"
OUT
echo "as stated"
