#!/usr/bin/env bash
# TorchSharp 0.107.0: some losses have other defaults than PyTorch under the same name. kl_div and KLDivLoss take the target for LOG-probabilities
# unless told otherwise (log_target = true; PyTorch false), and the loss of equal distributions is then far from 0 and can be lowered by
# a wrong student: distillation runs and learns something else. functional.hinge_embedding_loss has margin 0 (its own module 1, as PyTorch),
# so pairs that should part cost nothing.
# For whoever ports a distillation or contrastive recipe: name every argument.
# Seen:
#   kl_div(log p, p): 5.1281
#   kl_div(log p, p, log_target: false): 0.0000
#   kl_div(log q, p), q = 0.6 0.4: 4.5932
#   KLDivLoss()(log p, p): 5.1281
#   functional.hinge_embedding_loss: 0.0000
#   HingeEmbeddingLoss(): 0.7000
# Fails if that changes. Needs the .NET 10 SDK, python3 and a NuGet source; uses nothing of this project.
set -euo pipefail
. "$(dirname "$0")/shared/torchsharp.sh"
cat >Program.cs <<'CS'
using System;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
string Number(Tensor x) => $"{Math.Abs(x.item<float>()):0.0000}";
var teacher = tensor(new[] { 0.9f, 0.1f });
Console.WriteLine($"kl_div(log p, p): {Number(functional.kl_div(teacher.log(), teacher, reduction: Reduction.Sum))}");
Console.WriteLine($"kl_div(log p, p, log_target: false): {Number(functional.kl_div(teacher.log(), teacher, false, Reduction.Sum))}");
var wrong = tensor(new[] { 0.6f, 0.4f });
Console.WriteLine($"kl_div(log q, p), q = 0.6 0.4: {Number(functional.kl_div(wrong.log(), teacher, reduction: Reduction.Sum))}");
Console.WriteLine($"KLDivLoss()(log p, p): {Number(KLDivLoss(reduction: Reduction.Sum).forward(teacher.log(), teacher))}");
var (distance, apart) = (full(1, 0.3f), full(1, -1f));
Console.WriteLine($"functional.hinge_embedding_loss: {Number(functional.hinge_embedding_loss(distance, apart))}");
Console.WriteLine($"HingeEmbeddingLoss(): {Number(HingeEmbeddingLoss().forward(distance, apart))}");
CS
probe >seen
cat seen
diff - seen <<'OUT'
kl_div(log p, p): 5.1281
kl_div(log p, p, log_target: false): 0.0000
kl_div(log q, p), q = 0.6 0.4: 4.5932
KLDivLoss()(log p, p): 5.1281
functional.hinge_embedding_loss: 0.0000
HingeEmbeddingLoss(): 0.7000
OUT
echo "as stated"
