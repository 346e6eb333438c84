#!/usr/bin/env bash
# System.Numerics.Tensors 11.0.0: TensorPrimitives.SoftMax takes exp of the logits as they are. From 89 on (11.1 in Half, 710 in double) the answer is
# NaN, below -103 the same, and shortly above that it is rough: 0.2 and 0.8 for 0.27 and 0.73. Tensor.SoftMax of the same package subtracts the
# largest first and is right. In Half the sum of the exponentials is rounded to Half at each addition and stops growing at 2048: 32,000 equal
# logits get 16 times their share. For whoever turns logits, attention scores or a reranker's scores into probabilities with it: subtract the
# largest first, in float.
# Seen:
#   2 1: 0.7311 0.2689
#   90 89: NaN NaN
#   90 20: NaN 0.0000
#   -110 -109: NaN NaN
#   -103 -102: 0.2000 0.8000
#   90 89 by Tensor.SoftMax: 0.7311 0.2689
#   Half 12 11: NaN 0.0000
#   Half 32000 zeros: each 4.883E-004, right 3.125E-005, all together 15.6250
#   double 710 709: NaN 0.0000
# Fails if that changes. Needs the .NET 10 SDK and a NuGet source; uses nothing of this project.
set -euo pipefail
. "$(dirname "$0")/shared/dotnet.sh" System.Numerics.Tensors 11.0.0
cat >Program.cs <<'CS'
using System;
using System.Linq;
using System.Numerics;
using System.Numerics.Tensors;
T[] Of<T>(params T[] logits) where T : IExponentialFunctions<T>
{
    var shares = new T[logits.Length];
    TensorPrimitives.SoftMax<T>(logits, shares);
    return shares;
}
string Line<T>(T[] values) where T : IFormattable => string.Join(' ', values.Select(value => value.ToString("0.0000", null)));
Console.WriteLine($"2 1: {Line(Of(2f, 1f))}");
Console.WriteLine($"90 89: {Line(Of(90f, 89f))}");
Console.WriteLine($"90 20: {Line(Of(90f, 20f))}");
Console.WriteLine($"-110 -109: {Line(Of(-110f, -109f))}");
Console.WriteLine($"-103 -102: {Line(Of(-103f, -102f))}");
var tensor = Tensor.Create(new[] { 90f, 89f }, [2]);
Console.WriteLine($"90 89 by Tensor.SoftMax: {Line(Tensor.SoftMax<float>(tensor).ToArray())}");
Console.WriteLine($"Half 12 11: {Line(Of((Half)12, (Half)11))}");
var zeros = Of(new Half[32000]);
Console.WriteLine($"Half 32000 zeros: each {(double)zeros[0]:0.000E+000}, right {1 / 32000.0:0.000E+000}, all together {zeros.Sum(share => (double)share):0.0000}");
Console.WriteLine($"double 710 709: {Line(Of(710.0, 709.0))}");
CS
probe >seen
cat seen
diff - seen <<'OUT'
2 1: 0.7311 0.2689
90 89: NaN NaN
90 20: NaN 0.0000
-110 -109: NaN NaN
-103 -102: 0.2000 0.8000
90 89 by Tensor.SoftMax: 0.7311 0.2689
Half 12 11: NaN 0.0000
Half 32000 zeros: each 4.883E-004, right 3.125E-005, all together 15.6250
double 710 709: NaN 0.0000
OUT
echo "as stated"
