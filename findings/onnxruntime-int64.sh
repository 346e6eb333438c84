#!/usr/bin/env bash
# ONNX Runtime 1.30.0: reductions of int64, Pow and Mod with fmod=1 go through float64, so that whole numbers beyond 2^53 change by themselves,
# and the sum of one element is not that element. Add, MatMul, Einsum-like products, CumSum and Mod without fmod are exact: two ways to write one hash
# give two hashes. Where int32 runs over, ReduceSum stops at 2147483647 and CumSum wraps. Cast from float64 to string writes eight digits, so
# 123456789.125 becomes another number. No error anywhere. For whoever puts n-gram hashes, ids or checksums into the graph (hashed embeddings,
# packed positions): use Add, MatMul with a vector of ones, CumSum and plain Mod, and repeat Mul instead of Pow.
# Seen (2^53 + 1 is 9007199254740993):
#   ReduceSum of [2^53 + 1]: 9007199254740992
#   MatMul of [2^53 + 1] and [1]: 9007199254740993
#   CumSum of [2^53 + 1]: 9007199254740993
#   ReduceProd of [2^53 + 1]: 9007199254740992
#   ReduceMax of [2^53 + 1]: 9007199254740993
#   3 to the power of 34 (16677181699666569): 16677181699666570
#   2^53 + 1 modulo 10: 3; with fmod=1: 2
#   ReduceSum of int32 [2147483647, 1]: 2147483647; CumSum: 2147483647 -2147483648
#   float64 123456789.125 as a string: 1.2345679e+08
# Fails if that changes. Needs node and an npm registry; uses nothing of this project.
set -euo pipefail
. "$(dirname "$0")/shared/onnxruntime.sh"
cat >probe.mjs <<'JS'
import { run, tensor } from "./onnx.mjs";
const big = 2n ** 53n + 1n;
const longs = (...values) => tensor(values, "int64");
const ints = tensor([2147483647, 1], "int32");
const start = tensor([0n], "int64", []);
const one = async (...call) => (await run(...call))[0].join(" ");
const matrix = (value) => tensor([value], "int64", [1, 1]);
console.log(`ReduceSum of [2^53 + 1]: ${await one("ReduceSum", [longs(big)], ["int64"])}`);
console.log(`MatMul of [2^53 + 1] and [1]: ${await one("MatMul", [matrix(big), matrix(1n)], ["int64"])}`);
console.log(`CumSum of [2^53 + 1]: ${await one("CumSum", [longs(big), start], ["int64"])}`);
console.log(`ReduceProd of [2^53 + 1]: ${await one("ReduceProd", [longs(big)], ["int64"])}`);
console.log(`ReduceMax of [2^53 + 1]: ${await one("ReduceMax", [longs(big)], ["int64"])}`);
console.log(`3 to the power of 34 (${3n ** 34n}): ${await one("Pow", [longs(3n), longs(34n)], ["int64"])}`);
const plain = await one("Mod", [longs(big), longs(10n)], ["int64"]);
console.log(`2^53 + 1 modulo 10: ${plain}; with fmod=1: ${await one("Mod", [longs(big), longs(10n)], ["int64"], { fmod: 1 })}`);
const sum = await one("ReduceSum", [ints], ["int32"]);
console.log(`ReduceSum of int32 [2147483647, 1]: ${sum}; CumSum: ${await one("CumSum", [ints, start], ["int32"])}`);
const text = await one("Cast", [tensor([123456789.125], "float64")], ["string"], { to: 8 });
console.log(`float64 123456789.125 as a string: ${text}`);
JS
node probe.mjs >seen
cat seen
diff - seen <<'OUT'
ReduceSum of [2^53 + 1]: 9007199254740992
MatMul of [2^53 + 1] and [1]: 9007199254740993
CumSum of [2^53 + 1]: 9007199254740993
ReduceProd of [2^53 + 1]: 9007199254740992
ReduceMax of [2^53 + 1]: 9007199254740993
3 to the power of 34 (16677181699666569): 16677181699666570
2^53 + 1 modulo 10: 3; with fmod=1: 2
ReduceSum of int32 [2147483647, 1]: 2147483647; CumSum: 2147483647 -2147483648
float64 123456789.125 as a string: 1.2345679e+08
OUT
echo "as stated"
