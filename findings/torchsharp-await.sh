#!/usr/bin/env bash
# TorchSharp 0.107.0: `using (no_grad())` and `using (NewDisposeScope())` belong to the thread, and an `await` inside them may end on another.
# After the await the model builds a graph again and new tensors are in no scope, so they stay until the collector comes. Worse, the thread that
# entered is never set back: it goes on without gradients after the block, and whatever trains on it later has a loss that requires none.
# The await may be deep inside (a channel, a lock, a log); a server or trainer that passes work over the thread pool sees it at random.
# Keep such blocks free of await, or give them a thread of their own.
# Seen:
#   after the scope: made before await freed True, made after it freed False
#   before await: gradients False
#   after await: gradients True
#   the caller's thread, after the block: gradients False, a loss requires them False
# Fails if that changes. Needs the .NET 10 SDK, python3 and a NuGet source; uses nothing of this project.
set -euo pipefail
. "$(dirname "$0")/shared/torchsharp.sh"
cat >Program.cs <<'CS'
using System;
using System.Threading;
using System.Threading.Tasks;
using TorchSharp.Modules;
using static TorchSharp.torch;
async Task Evaluate()
{
    using (no_grad())
    {
        Console.WriteLine($"before await: gradients {is_grad_enabled()}");
        await Task.Delay(1).ConfigureAwait(false);
        Console.WriteLine($"after await: gradients {is_grad_enabled()}");
    }
}
async Task Score()
{
    Tensor first, second;
    using (NewDisposeScope())
    {
        first = ones(1);
        await Task.Delay(1).ConfigureAwait(false);
        second = ones(1);
    }
    Console.WriteLine($"after the scope: made before await freed {first.IsInvalid}, made after it freed {second.IsInvalid}");
}
var thread = new Thread(() =>
{
    Score().Wait();
    Evaluate().Wait();
    var weight = new Parameter(ones(1));
    var loss = weight * 2;
    Console.WriteLine($"the caller's thread, after the block: gradients {is_grad_enabled()}, a loss requires them {loss.requires_grad}");
});
thread.Start();
thread.Join();
CS
probe >seen
cat seen
diff - seen <<'OUT'
after the scope: made before await freed True, made after it freed False
before await: gradients False
after await: gradients True
the caller's thread, after the block: gradients False, a loss requires them False
OUT
echo "as stated"
