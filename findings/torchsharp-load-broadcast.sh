#!/usr/bin/env bash
# TorchSharp 0.107.0: load_state_dict, strict as by default, takes a tensor of another shape if it broadcasts to the wanted one: a head of one
# row fills a head of three, one vector fills every row of a table, a single number a whole matrix. PyTorch raises a size mismatch for each.
# A reward head read into a classifier, or a wrong shard, thus loads "strictly" with all rows alike, and the model answers.
# Module.load from a file does check the shape, as does the other direction (more rows than wanted). Compare shapes before the call.
# Seen:
#   [3, 2] into [3, 2]: loaded as 1 2 3 4 5 6
#   [1, 2] into [3, 2]: loaded as 7 8 7 8 7 8
#   [2] into [3, 2]: loaded as 7 8 7 8 7 8
#   [3, 1] into [3, 2]: loaded as 7 7 8 8 9 9
#   a number into [3, 2]: loaded as 7 7 7 7 7 7
#   [4, 2] into [3, 2]: ExternalException
# Fails if that changes. Needs the .NET 10 SDK, python3 and a NuGet source; uses nothing of this project.
set -euo pipefail
. "$(dirname "$0")/shared/torchsharp.sh"
cat >Program.cs <<'CS'
using System;
using System.Collections.Generic;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
void Try(string name, Tensor given)
{
    var head = Linear(2, 3, hasBias: false);
    try
    {
        head.load_state_dict(new Dictionary<string, Tensor> { ["weight"] = given }, strict: true);
        var rows = head.weight!.detach().reshape(-1).data<float>().ToArray();
        Console.WriteLine($"{name}: loaded as {string.Join(" ", rows)}");
    }
    catch (Exception error)
    {
        Console.WriteLine($"{name}: {error.GetType().Name}");
    }
}
Try("[3, 2] into [3, 2]", tensor(new[,] { { 1f, 2f }, { 3f, 4f }, { 5f, 6f } }));
Try("[1, 2] into [3, 2]", tensor(new[,] { { 7f, 8f } }));
Try("[2] into [3, 2]", tensor(new[] { 7f, 8f }));
Try("[3, 1] into [3, 2]", tensor(new[,] { { 7f }, { 8f }, { 9f } }));
Try("a number into [3, 2]", tensor(7f));
Try("[4, 2] into [3, 2]", ones([4, 2]));
CS
probe >seen
cat seen
diff - seen <<'OUT'
[3, 2] into [3, 2]: loaded as 1 2 3 4 5 6
[1, 2] into [3, 2]: loaded as 7 8 7 8 7 8
[2] into [3, 2]: loaded as 7 8 7 8 7 8
[3, 1] into [3, 2]: loaded as 7 7 8 8 9 9
a number into [3, 2]: loaded as 7 7 7 7 7 7
[4, 2] into [3, 2]: ExternalException
OUT
echo "as stated"
