#!/usr/bin/env bash
# TorchSharp 0.107.0: a weight that two modules share (a tied embedding and output layer, as in most small language models) stands twice in
# parameters(); PyTorch lists it once. Nothing complains, and everything that walks the list acts twice: SGD moves the weight by twice the
# rate, AdamW's first step is two steps, clip_grad_norm_ measures sqrt(2) times the norm and multiplies the one gradient by its coefficient
# twice. So a gradient below the limit is cut all the same, and one clipped to half its norm keeps an eighth.
# For whoever trains a tied model: pass the parameters without their doubles (by handle) to the optimizer and to the clipping.
# Seen:
#   numbers in the model: 12, in parameters(): 24
#   SGD, rate 0.1: moved by 0.20 of the gradient
#   AdamW, rate 0.1, one step: moved by 0.20
#   clip_grad_norm_ measures 1.414 of the norm
#   limit 1.1 times the norm: 0.605 of it is left
#   limit half the norm: 0.125 of it is left
# Fails if that changes. Needs the .NET 10 SDK, python3 and a NuGet source; uses nothing of this project.
set -euo pipefail
. "$(dirname "$0")/shared/torchsharp.sh"
cat >Program.cs <<'CS'
using System;
using System.Linq;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
Tied Trained()
{
    var model = new Tied();
    using (no_grad()) model.Embedding.weight!.fill_(1);
    model.forward(zeros(1, dtype: ScalarType.Int64)).sum().backward();
    return model;
}
float First(Tied model) => model.Embedding.weight![0, 0].item<float>();
float Norm(Tied model) => model.Embedding.weight!.grad!.norm().item<float>();
var tied = Trained();
Console.WriteLine($"numbers in the model: {tied.Embedding.weight!.numel()}, in parameters(): {tied.parameters().Sum(p => p.numel())}");
var slope = tied.Embedding.weight!.grad![0, 0].item<float>();
optim.SGD(tied.parameters(), 0.1).step();
Console.WriteLine($"SGD, rate 0.1: moved by {(1 - First(tied)) / slope:0.00} of the gradient");
tied = Trained();
optim.AdamW(tied.parameters(), 0.1).step();
Console.WriteLine($"AdamW, rate 0.1, one step: moved by {1 - First(tied):0.00}");
tied = Trained();
var norm = Norm(tied);
Console.WriteLine($"clip_grad_norm_ measures {TorchSharp.torch.nn.utils.clip_grad_norm_(tied.parameters(), norm * 1.1) / norm:0.000} of the norm");
Console.WriteLine($"limit 1.1 times the norm: {Norm(tied) / norm:0.000} of it is left");
tied = Trained();
TorchSharp.torch.nn.utils.clip_grad_norm_(tied.parameters(), norm / 2);
Console.WriteLine($"limit half the norm: {Norm(tied) / norm:0.000} of it is left");
sealed class Tied : Module<Tensor, Tensor>
{
    public readonly Embedding Embedding = Embedding(4, 3);
    private readonly Linear head = Linear(3, 4, hasBias: false);
    public Tied() : base("tied")
    {
        head.weight = Embedding.weight;
        RegisterComponents();
    }
    public override Tensor forward(Tensor ids) => head.forward(Embedding.forward(ids));
}
CS
probe >seen
cat seen
diff - seen <<'OUT'
numbers in the model: 12, in parameters(): 24
SGD, rate 0.1: moved by 0.20 of the gradient
AdamW, rate 0.1, one step: moved by 0.20
clip_grad_norm_ measures 1.414 of the norm
limit 1.1 times the norm: 0.605 of it is left
limit half the norm: 0.125 of it is left
OUT
echo "as stated"
