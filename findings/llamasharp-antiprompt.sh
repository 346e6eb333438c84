#!/usr/bin/env bash
# LLamaSharp 0.30.0: a stop string (antiprompt) is found only where a token happens to end with it. "." is missed in the token ".\n", "User:" where
# the colon's token goes on with a space; the model then writes on, the other side's turn as well, to the limit of tokens. The executors give
# AntipromptProcessor each token's text; llama.cpp's own server looks for stop strings anywhere in the text. It shows by chance of the
# tokenizer: one model stops, another does not. For whoever ends turns by antiprompts: look for them in the whole text.
# Seen (tokens' texts, whether it stops there):
#   stop ".": "One" no, "." yes
#   stop ".": "One" no, ".\n" no, "Two" no
#   stop "User:": "\nUser" no, ":" yes
#   stop "User:": "\nUser" no, ": " no, "more" no
#   stop "</s>": "end</s>" yes
#   stop "</s>": "end</s>\n" no
# Fails if that changes. Needs the .NET 10 SDK and a NuGet source; uses nothing of this project.
set -euo pipefail
. "$(dirname "$0")/shared/dotnet.sh" LLamaSharp 0.30.0
cat >Program.cs <<'CS'
using System;
using System.Collections.Generic;
using LLama;
void Show(string stop, params string[] tokens)
{
    var (stops, seen) = (new AntipromptProcessor([stop]), new List<string>());
    foreach (var token in tokens)
        seen.Add($"\"{token.Replace("\n", "\\n")}\" {(stops.Add(token) ? "yes" : "no")}");
    Console.WriteLine($"stop \"{stop}\": {string.Join(", ", seen)}");
}
Show(".", "One", ".");
Show(".", "One", ".\n", "Two");
Show("User:", "\nUser", ":");
Show("User:", "\nUser", ": ", "more");
Show("</s>", "end</s>");
Show("</s>", "end</s>\n");
CS
probe >seen
cat seen
diff - seen <<'OUT'
stop ".": "One" no, "." yes
stop ".": "One" no, ".\n" no, "Two" no
stop "User:": "\nUser" no, ":" yes
stop "User:": "\nUser" no, ": " no, "more" no
stop "</s>": "end</s>" yes
stop "</s>": "end</s>\n" no
OUT
echo "as stated"
