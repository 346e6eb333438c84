#!/usr/bin/env bash
# LLamaSharp 0.30.0: PNormalization sums the powers of an embedding's numbers with their signs. With an odd p positive and negative ones cancel out:
# the length is too small, or the root of a negative number, NaN. With an even p all is right, and so it is with p 3 where no number is negative.
# llama.cpp, whose --embd-normalize it mirrors, takes absolute values. EuclideanNormalization of zeros is NaN where llama.cpp gives zeros.
# For whoever normalises embeddings by it: p 2, or their own sum.
# Seen:
#   p 2 of 3 -4: 0.6000 -0.8000, right 0.6000 -0.8000
#   p 3 of 3 4: 0.6670 0.8893, right 0.6670 0.8893
#   p 3 of -3 4: -0.9003 1.2004, right -0.6670 0.8893
#   p 3 of 3 -4: NaN NaN, right 0.6670 -0.8893
#   Euclidean of 0 0: NaN NaN
# Fails if that changes. Needs the .NET 10 SDK and a NuGet source; uses nothing of this project.
set -euo pipefail
. "$(dirname "$0")/shared/dotnet.sh" LLamaSharp 0.30.0
cat >Program.cs <<'CS'
using System;
using System.Linq;
using LLama.Extensions;
string Line(float[] values) => string.Join(' ', values.Select(value => value.ToString("0.0000")));
void Show(int p, params float[] values)
{
    var length = Math.Pow(values.Sum(value => Math.Pow(Math.Abs(value), p)), 1.0 / p);
    float[] right = [.. values.Select(value => (float)(value / length))];
    Console.WriteLine($"p {p} of {string.Join(' ', values)}: {Line([.. values.ToArray().PNormalization(p)])}, right {Line(right)}");
}
Show(2, 3, -4);
Show(3, 3, 4);
Show(3, -3, 4);
Show(3, 3, -4);
Console.WriteLine($"Euclidean of 0 0: {Line([.. new float[2].EuclideanNormalization()])}");
CS
probe >seen
cat seen
diff - seen <<'OUT'
p 2 of 3 -4: 0.6000 -0.8000, right 0.6000 -0.8000
p 3 of 3 4: 0.6670 0.8893, right 0.6670 0.8893
p 3 of -3 4: -0.9003 1.2004, right -0.6670 0.8893
p 3 of 3 -4: NaN NaN, right 0.6670 -0.8893
Euclidean of 0 0: NaN NaN
OUT
echo "as stated"
