#!/usr/bin/env bash
# @orama/orama 3.1.18: an index made without a language (the default is English) keeps documents in other scripts and never finds them: its tokenizer
# cuts at every letter outside a list of Latin ones, so an Arabic text has no words. Nothing is raised or counted, `mode: "hybrid"` goes on by vectors
# alone, and Latin words and numbers within the same texts are found, which hides it. Letters that the list lacks cut a word in two (naïve).
# With language "arabic" whole words are found, but Latin accents then have to be typed. For whoever searches documents of several
# languages there: an index for each language, or a tokenizer of your own.
# Seen, hits by language of the index:
#   النموذج: default 0, arabic 1
#   دينار: default 0, arabic 1
#   731: default 1, arabic 1
#   naive: default 0, arabic 0
#   cafe: default 1, arabic 0
#   documents: default 3, arabic 3
# Fails if that changes. Needs node and an npm registry; uses nothing of this project.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$work/cache" --prefix "$work" @orama/orama@3.1.18 >/dev/null
cat >probe.mjs <<'JS'
import { count, create, insert, search } from "@orama/orama";
const texts = ["يتعلم النموذج من تقييم الناس", "السعر 731 دينار", "A café for naïve readers"];
const [plain, arabic] = await Promise.all([undefined, "arabic"].map((language) => create({ schema: { text: "string" }, language })));
for (const text of texts) for (const index of [plain, arabic]) await insert(index, { text });
const hits = async (index, term) => (await search(index, { term })).count;
for (const term of ["النموذج", "دينار", "731", "naive", "cafe"])
  console.log(`${term}: default ${await hits(plain, term)}, arabic ${await hits(arabic, term)}`);
console.log(`documents: default ${await count(plain)}, arabic ${await count(arabic)}`);
JS
node probe.mjs >seen
cat seen
diff - seen <<'OUT'
النموذج: default 0, arabic 1
دينار: default 0, arabic 1
731: default 1, arabic 1
naive: default 0, arabic 0
cafe: default 1, arabic 0
documents: default 3, arabic 3
OUT
echo "as stated"
