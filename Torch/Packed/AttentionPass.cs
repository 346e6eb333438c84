// Attention of one fork and one key head, forwards and backwards, four queries at a time. Scores of a block exist only while it is
// worked on; going back they are computed again. Its oracle is the plain Transformer's attention.
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Majlis.Torch.Packed;

/// <summary>Addresses of tensors in this machine's memory: queries, outputs and gradients [N, H*D], keys and values [N, K*D].</summary>
readonly record struct AttentionTensors(nint Queries, nint Keys, nint Values, nint Mixed, nint Logs, bool Wide);

sealed unsafe class AttentionPass(AttentionPlan plan, AttentionTensors data, TokenFork fork, int keyHead) : IDisposable
{
    const int Rows = RowProducts.Rows;

    readonly AttentionMemory memory = new(fork.Length, plan.HeadDim);
    readonly int width = (plan.HeadDim + 31) / 32 * 32;
    readonly int stride = (fork.Length + 31) / 32 * 32;

    public void Dispose() => memory.Dispose();

    /// <summary>Writes the outputs and, for going back, the logarithms of the scores' sums [N, H].</summary>
    public void Forward()
    {
        LoadKeys(memory.KeysAcross, null);
        ForEachBlock((head, first, rows, from, to) =>
        {
            RowProducts.Scores(memory.Queries, width, memory.KeysAcross, stride, memory.Shares, from, to);
            for (var r = 0; r < Rows; r++)
            {
                var shares = Row(memory.Shares, r)[from..to];
                if (r >= rows) shares.Clear();
                else Log(head, first + r) = Softmax(shares, first + r, from);
            }
            RowProducts.Mix(memory.Shares, stride, memory.Values, width, memory.Mixed, from, first + rows);
            for (var r = 0; r < rows; r++) Write(data.Mixed, plan.Heads, head, first + r, memory.Mixed + r * width);
        });
    }

    /// <summary>Writes the gradients of queries, keys and values from that of the outputs.</summary>
    public void Backward(nint outputGradient, nint queryGradient, nint keyGradient, nint valueGradient)
    {
        LoadKeys(memory.KeysAcross, memory.ValuesAcross);
        ForEachBlock((head, first, rows, from, to) =>
        {
            RowProducts.Scores(memory.Queries, width, memory.KeysAcross, stride, memory.Shares, from, to);
            LoadRows(outputGradient, head, first, rows, memory.Outputs);
            RowProducts.Scores(memory.Outputs, width, memory.ValuesAcross, stride, memory.Slopes, from, to);
            LoadRows(data.Mixed, head, first, rows, memory.Mixed);
            for (var r = 0; r < Rows; r++) Slopes(head, first, rows, r, from, to);
            RowProducts.Spread(memory.Shares, stride, memory.Outputs, width, memory.ValueSums, from, first + rows);
            RowProducts.Spread(memory.Slopes, stride, memory.Queries, width, memory.KeySums, from, first + rows);
            RowProducts.Mix(memory.Slopes, stride, memory.Keys, width, memory.Mixed, from, first + rows);
            for (var r = 0; r < rows; r++)
            {
                var row = new Span<float>(memory.Mixed + r * width, plan.HeadDim);
                foreach (ref var value in row) value *= plan.Scale;
                plan.Rotation?.Turn(row, fork.Position(first + r), back: true);
                Write(queryGradient, plan.Heads, head, first + r, memory.Mixed + r * width);
            }
        });
        for (var t = 0; t < fork.Length; t++)
        {
            plan.Rotation?.Turn(new Span<float>(memory.KeySums + (long)t * width, plan.HeadDim), fork.Position(t), back: true);
            Write(keyGradient, plan.KeyValueHeads, keyHead, t, memory.KeySums + (long)t * width);
            Write(valueGradient, plan.KeyValueHeads, keyHead, t, memory.ValueSums + (long)t * width);
        }
    }

    delegate void Block(int head, int first, int rows, int from, int to);

    /// <summary>For four queries at a time: their head, first row and number, and the range of keys, in 32s, that they see.</summary>
    void ForEachBlock(Block work)
    {
        var group = plan.Heads / plan.KeyValueHeads;
        for (var head = keyHead * group; head < (keyHead + 1) * group; head++)
            for (var first = 0; first < fork.Length; first += Rows)
            {
                var rows = Math.Min(Rows, fork.Length - first);
                LoadRows(data.Queries, head, first, rows, memory.Queries);
                for (var r = 0; r < rows; r++)
                {
                    var row = new Span<float>(memory.Queries + r * width, plan.HeadDim);
                    plan.Rotation?.Turn(row, fork.Position(first + r));
                    foreach (ref var value in row) value *= plan.Scale;
                }
                // A second sequence may begin within the four, and sees earlier keys than the first one's last queries.
                var from = plan.FirstKey(fork, first);
                if (fork.Second > first && fork.Second < first + rows) from = Math.Min(from, plan.FirstKey(fork, fork.Second));
                work(head, first, rows, from / 32 * 32, (first + rows + 31) / 32 * 32);
            }
    }

    void LoadKeys(float* keysAcross, float* valuesAcross)
    {
        for (var t = 0; t < fork.Length; t++)
        {
            var key = new Span<float>(memory.Keys + (long)t * width, plan.HeadDim);
            var value = new Span<float>(memory.Values + (long)t * width, plan.HeadDim);
            var at = Index(plan.KeyValueHeads, keyHead, t);
            BrainFloats.Read(data.Keys, data.Wide, at, key);
            BrainFloats.Read(data.Values, data.Wide, at, value);
            plan.Rotation?.Turn(key, fork.Position(t));
            for (var d = 0; d < plan.HeadDim; d++) keysAcross[d * stride + t] = key[d];
            if (valuesAcross is null) continue;
            for (var d = 0; d < plan.HeadDim; d++) valuesAcross[d * stride + t] = value[d];
        }
    }

    void LoadRows(nint tensor, int head, int first, int rows, float* to)
    {
        new Span<float>(to + rows * width, (Rows - rows) * width).Clear();
        for (var r = 0; r < rows; r++)
            BrainFloats.Read(tensor, data.Wide, Index(plan.Heads, head, first + r), new Span<float>(to + r * width, plan.HeadDim));
    }

    /// <summary>Scores of the query of row <paramref name="t"/> to shares; gives the logarithm of the sum.</summary>
    float Softmax(Span<float> scores, int t, int from)
    {
        Cap(scores);
        Unseen(scores, t, from, float.NegativeInfinity);
        var vectors = MemoryMarshal.Cast<float, Vector512<float>>(scores);
        var most = Vector512.Create(float.NegativeInfinity);
        foreach (var vector in vectors) most = Vector512.Max(most, vector);
        var highest = float.NegativeInfinity;
        for (var i = 0; i < Vector512<float>.Count; i++) highest = MathF.Max(highest, most[i]);
        var (sums, shift) = (Vector512<float>.Zero, Vector512.Create(highest));
        for (var i = 0; i < vectors.Length; i++) sums += vectors[i] = Vector512.Exp(vectors[i] - shift);
        var sum = Vector512.Sum(sums);
        var scale = Vector512.Create(1 / sum);
        for (var i = 0; i < vectors.Length; i++) vectors[i] *= scale;
        Unseen(scores, t, from, 0);
        return highest + MathF.Log(sum);
    }

    /// <summary>Of one query: scores to shares, and their gradients to those of the scores: share x (gradient - mean).</summary>
    void Slopes(int head, int first, int rows, int r, int from, int to)
    {
        var shares = Row(memory.Shares, r)[from..to];
        var slopes = Row(memory.Slopes, r)[from..to];
        if (r >= rows)
        {
            shares.Clear();
            slopes.Clear();
            return;
        }
        Cap(shares);
        var mean = 0f;
        for (var d = 0; d < plan.HeadDim; d++) mean += memory.Outputs[r * width + d] * memory.Mixed[r * width + d];
        var (log, middle) = (Vector512.Create(Log(head, first + r)), Vector512.Create(mean));
        var own = MemoryMarshal.Cast<float, Vector512<float>>(shares);
        var steep = MemoryMarshal.Cast<float, Vector512<float>>(slopes);
        for (var i = 0; i < own.Length; i++)
        {
            var score = own[i];
            own[i] = Vector512.Exp(score - log);
            steep[i] = own[i] * (steep[i] - middle);
            if (plan.Cap is { } cap) steep[i] *= Vector512<float>.One - score * score / (cap * cap);
        }
        Unseen(shares, first + r, from, 0);
        Unseen(slopes, first + r, from, 0);
    }

    void Cap(Span<float> scores)
    {
        if (plan.Cap is not { } cap) return;
        foreach (ref var score in scores) score = cap * MathF.Tanh(score / cap);
    }

    /// <summary>Sets what the query of row <paramref name="t"/> must not see; the span begins at key <paramref name="from"/>.</summary>
    void Unseen(Span<float> scores, int t, int from, float value)
    {
        scores[(t + 1 - from)..].Fill(value);
        scores[..Math.Max(0, plan.FirstKey(fork, t) - from)].Fill(value);
        var (hidden, seen) = fork.Hidden(t);
        scores[Math.Max(0, hidden - from)..Math.Max(0, seen - from)].Fill(value);
    }

    Span<float> Row(float* block, int r) => new(block + r * stride, stride);

    ref float Log(int head, int t) => ref ((float*)data.Logs)[(long)(fork.First + t) * plan.Heads + head];

    long Index(int heads, int head, int t) => ((long)(fork.First + t) * heads + head) * plan.HeadDim;

    void Write(nint tensor, int heads, int head, int t, float* row) =>
        BrainFloats.Write(tensor, data.Wide, Index(heads, head, t), new ReadOnlySpan<float>(row, plan.HeadDim));
}
