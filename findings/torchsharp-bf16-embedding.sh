#!/usr/bin/env bash
# TorchSharp 0.107.0 with its libtorch 2.10 on a processor: the gradient of a bfloat16 embedding stops at 256 for a token that occurs a thousand
# times (float16: at 2048), because each occurrence is added in the table's own type and 256 + 1 rounds back to 256. `table[ids]` and
# index_put_ with accumulate do the same. index_select, gather, a bias, expand and sum over the same thousand ones give 1000: they add in
# float32. So two ways to write the same lookup train differently: frequent tokens (blanks, the article, padding) get a quarter of their slope,
# and nothing shows it. Use index_select for the table, or keep it in float32.
# Seen:
#   BFloat16 Embedding: 256
#   BFloat16 table[ids]: 256
#   BFloat16 index_select: 1000
#   BFloat16 gather: 1000
#   BFloat16 bias: 1000
#   Float32 Embedding: 1000
#   Float32 table[ids]: 1000
#   Float32 index_select: 1000
#   Float32 gather: 1000
#   Float32 bias: 1000
# Fails if that changes. Needs the .NET 10 SDK, python3 and a NuGet source; uses nothing of this project.
set -euo pipefail
. "$(dirname "$0")/shared/torchsharp.sh"
cat >Program.cs <<'CS'
using System;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
var ids = zeros(1000, dtype: ScalarType.Int64);
foreach (var type in new[] { ScalarType.BFloat16, ScalarType.Float32 })
{
    Tensor Table() => ones([2, 8], dtype: type, requires_grad: true);
    void Show(string name, Tensor gradient) =>
        Console.WriteLine($"{type} {name}: {gradient.reshape(-1)[0].to(ScalarType.Float32).item<float>()}");
    var module = Embedding_from_pretrained(Table().detach(), freeze: false);
    module.forward(ids).sum().backward();
    Show("Embedding", module.weight!.grad!);
    var table = Table();
    table[TensorIndex.Tensor(ids)].sum().backward();
    Show("table[ids]", table.grad!);
    table = Table();
    table.index_select(0, ids).sum().backward();
    Show("index_select", table.grad!);
    table = Table();
    table.gather(0, ids.view(1000, 1).expand(1000, 8)).sum().backward();
    Show("gather", table.grad!);
    var bias = ones(8, dtype: type, requires_grad: true);
    (zeros([1000, 8], dtype: type) + bias).sum().backward();
    Show("bias", bias.grad!);
}
CS
probe >seen
cat seen
diff - seen <<'OUT'
BFloat16 Embedding: 256
BFloat16 table[ids]: 256
BFloat16 index_select: 1000
BFloat16 gather: 1000
BFloat16 bias: 1000
Float32 Embedding: 1000
Float32 table[ids]: 1000
Float32 index_select: 1000
Float32 gather: 1000
Float32 bias: 1000
OUT
echo "as stated"
