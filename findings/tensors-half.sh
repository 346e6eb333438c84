#!/usr/bin/env bash
# System.Numerics.Tensors 11.0.0: sums over Half are kept in Half, one value after the other, so they stop growing: 0.1 added ten thousand times is 256,
# the average of a hundred thousand is 0 (their number is infinite in Half), and Dot, Norm and SumOfSquares stop at 32 and its root. CosineSimilarity
# of the same package is kept wider and right: two vectors at right angles have 0 by it and 1 by Dot divided by both Norms. PyTorch keeps such sums
# in float.
# For whoever keeps embeddings, weights or statistics as Half and adds them up: convert to float first.
# Seen:
#   100000 times 0.1: sum 256, average 0, sum of squares 32, norm 5.656
#   4096 times 1 with 4096 times 1: dot 2048, right 4096
#   one of 1 and 4096 of 1/64 with one of 1 and 4096 of -1/64: CosineSimilarity 0, Dot / (Norm Norm) 1, right 0
# Fails if that changes. Needs the .NET 10 SDK and a NuGet source; uses nothing of this project.
set -euo pipefail
. "$(dirname "$0")/shared/dotnet.sh" System.Numerics.Tensors 11.0.0
cat >Program.cs <<'CS'
using System;
using System.Linq;
using System.Numerics.Tensors;
Half[] Times(int count, double value) => [.. Enumerable.Repeat((Half)value, count)];
var tenths = Times(100_000, 0.1);
Console.WriteLine($"100000 times 0.1: sum {TensorPrimitives.Sum<Half>(tenths)}, average {TensorPrimitives.Average<Half>(tenths)}, "
    + $"sum of squares {TensorPrimitives.SumOfSquares<Half>(tenths)}, norm {TensorPrimitives.Norm<Half>(tenths)}");
var ones = Times(4096, 1);
Console.WriteLine($"4096 times 1 with 4096 times 1: dot {TensorPrimitives.Dot<Half>(ones, ones)}, right 4096");
Half[] first = [(Half)1, .. Times(4096, 1 / 64.0)], second = [(Half)1, .. Times(4096, -1 / 64.0)];
var product = (double)TensorPrimitives.Dot<Half>(first, second) / ((double)TensorPrimitives.Norm<Half>(first) * (double)TensorPrimitives.Norm<Half>(second));
Console.WriteLine("one of 1 and 4096 of 1/64 with one of 1 and 4096 of -1/64: "
    + $"CosineSimilarity {TensorPrimitives.CosineSimilarity<Half>(first, second)}, Dot / (Norm Norm) {product:0.####}, right 0");
CS
probe >seen
cat seen
diff - seen <<'OUT'
100000 times 0.1: sum 256, average 0, sum of squares 32, norm 5.656
4096 times 1 with 4096 times 1: dot 2048, right 4096
one of 1 and 4096 of 1/64 with one of 1 and 4096 of -1/64: CosineSimilarity 0, Dot / (Norm Norm) 1, right 0
OUT
echo "as stated"
