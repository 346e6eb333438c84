// One step of the network: all members of the team run through the layers together, with a barrier after each phase. Every number depends
// on its own sequence alone, so threads and company change no bit.
// Legend: N tokens of the step, C hidden, H query heads, K key heads, G = H / K, D head elements.
using Majlis.Cpu.Adapters;
using Majlis.Cpu.Kernels;
using Majlis.Cpu.Threads;
using Majlis.Cpu.Weights;
using Majlis.Model;

namespace Majlis.Cpu.Steps;

sealed unsafe class NetworkStep(Blueprint blueprint, NetworkWeights weights, Team team, StepRows rows, LayerAttention attention,
    AdapterPhase adapters)
{
    ForwardBatch batch = null!;

    /// <summary>Computes the residual stream after the last layer, in the rows' Stream.</summary>
    public void Run(ForwardBatch batch)
    {
        this.batch = batch;
        rows.Shape(batch.Tokens.Length);
        attention.Prepare(batch);
        team.Run(Member);
    }

    void Member(int member)
    {
        ForTiles(Embed, tile => Pack(weights.Layers[0].BeforeAttention, tile));
        for (var i = 0; i < weights.Layers.Length; i++) Layer(member, i);
    }

    void Layer(int member, int index)
    {
        var layer = weights.Layers[index];
        Product(member, layer.Qkv, rows.PackedNormed, Inputs(layer.BeforeAttention), rows.Qkv);
        ForTokens(token => attention.Store(index, token, rows.Qkv.Row(token)));
        attention.Run(team, member, index, rows.Qkv, rows.Mixed, rows.PackedMixed);
        team.Sync();
        if (!attention.PacksHeads(layer.Blueprint.Attention))
            ForTiles(null, tile => Pack(rows.PackedMixed, tile, rows.Mixed, layer.Output.Inputs));
        Product(member, layer.Output, rows.PackedMixed, rows.Mixed, rows.Attended);
        var isParallel = layer.Blueprint.Residual == Residual.Parallel;
        if (!isParallel)
            ForTiles(token => Add(token, rows.Attended, layer.Output.Bias, layer.AfterAttention, layer.Blueprint.Residual),
                tile => Pack(layer.BeforeMlp, tile));
        Product(member, layer.GateUp, rows.PackedNormed, Inputs(isParallel ? layer.BeforeAttention : layer.BeforeMlp), rows.GateUp);
        Activate(layer);
        Product(member, layer.Down, rows.PackedInner, rows.Inner, rows.Added);
        var next = index + 1 < weights.Layers.Length ? weights.Layers[index + 1] : null;
        ForTiles(token =>
        {
            if (isParallel)
                Add(token, rows.Attended, layer.Output.Bias, layer.AfterAttention, layer.Blueprint.Residual);
            Add(token, rows.Added, layer.Down.Bias, layer.AfterMlp, layer.Blueprint.Residual);
        }, tile =>
        {
            if (next is not null) Pack(next.BeforeAttention, tile);
        });
    }

    void Product(int member, Linear linear, PackedRows packed, FloatRows inputs, FloatRows to)
    {
        ProductPhase.Run(team, linear, packed, to);
        team.Sync();
        if (!adapters.IsNeeded) return;
        adapters.Run(member, linear, inputs, to);
        team.Sync();
    }

    // What Pack read.
    FloatRows Inputs(NormWeights? norm) => norm is null ? rows.Stream : rows.Normed;

    void Embed(int token)
    {
        var row = rows.Stream.Row(token);
        var (id, matrix) = (batch.Tokens[token], weights.Embedding);
        Span<float> block = stackalloc float[32];
        for (var b = 0; b < matrix.Blocks; b++)
        {
            var stored = matrix.Group(id / 16) + (long)b * matrix.Format.BlockBytes();
            BlockPacking.Read(matrix.Format, stored, id % 16, block);
            for (var k = 0; k < 32; k++) row[b * 32 + k] = block[k] * blueprint.EmbeddingScale;
        }
        if (weights.TokenTypes is { } types)
            fixed (float* type = &types[(batch.TokenTypes?[token] ?? 0) * blueprint.HiddenSize]) Norms.Add(row, type, blueprint.HiddenSize);
        if (weights.Positions is { } positions)
            fixed (float* own = &positions[batch.Positions[token] * blueprint.HiddenSize]) Norms.Add(row, own, blueprint.HiddenSize);
        weights.EmbeddingNorm?.Apply(row, row, blueprint.HiddenSize);
    }

    // x += norm(added + bias), or x = norm(x + added + bias).
    void Add(int token, FloatRows added, float[]? bias, NormWeights? norm, Residual residual)
    {
        float* x = rows.Stream.Row(token), y = added.Row(token);
        AddBias(y, bias);
        if (residual != Residual.NormAfterAdd) norm?.Apply(y, y, blueprint.HiddenSize);
        Norms.Add(x, y, blueprint.HiddenSize);
        if (residual == Residual.NormAfterAdd) norm?.Apply(x, x, blueprint.HiddenSize);
    }

    // The input of the next product: a tile of the residual stream, normed where there is a norm.
    void Pack(NormWeights? norm, int tile)
    {
        for (var token = tile * PackedRows.TileRows; norm is not null && token < EndOf(tile); token++)
            norm.Apply(rows.Stream.Row(token), rows.Normed.Row(token), blueprint.HiddenSize);
        Pack(rows.PackedNormed, tile, Inputs(norm), blueprint.HiddenSize);
    }

    static void Pack(PackedRows packed, int tile, FloatRows from, int columns) =>
        RowPacking.PackTile(packed, tile, from.Row(tile * PackedRows.TileRows), from.Stride, columns);

    // For a single token too the columns are shared out: exponentials cost more than the barrier.
    void Activate(LayerWeights layer)
    {
        const int pieceBlocks = 16;
        var (packed, mlp) = (rows.PackedInner, layer.Blueprint.Mlp);
        var pieces = (packed.Blocks + pieceBlocks - 1) / pieceBlocks;
        while (team.TryClaim(packed.Tiles * pieces, out var item))
        {
            var (first, end) = (item % pieces * pieceBlocks, Math.Min(packed.Blocks, item % pieces * pieceBlocks + pieceBlocks));
            var (tile, from) = (item / pieces, item / pieces * PackedRows.TileRows);
            for (var token = from; token < EndOf(tile); token++)
                Activate(layer, mlp.Activation, token, first * 32, Math.Min(mlp.Up.Outputs, end * 32));
            RowPacking.PackTile(packed, tile, rows.Inner.Row(from), rows.Inner.Stride, layer.Down.Inputs, first, end);
        }
        team.Sync();
    }

    void Activate(LayerWeights layer, Activation activation, int token, int first, int end)
    {
        float* row = rows.GateUp.Row(token), inner = rows.Inner.Row(token);
        var up = layer.GateUp.Offsets.Length > 1 ? layer.GateUp.Offsets[1] : -1;
        AddBias(row, layer.GateUp.Bias, first, end);
        if (up >= 0) AddBias(row, layer.GateUp.Bias, up + first, up + end);
        Activations.Apply(activation, row + first, up < 0 ? null : row + up + first, inner + first, end - first);
    }

    static void AddBias(float* row, float[]? bias) => AddBias(row, bias, 0, bias?.Length ?? 0);

    static void AddBias(float* row, float[]? bias, int first, int end)
    {
        if (bias is null) return;
        fixed (float* b = bias) Norms.Add(row + first, b + first, end - first);
    }

    // Whole tiles, so that members do not write to the same cache lines: work on each token, then what makes the tile an input.
    void ForTiles(Action<int>? work, Action<int> pack)
    {
        while (team.TryClaim(rows.PackedNormed.Tiles, out var tile))
        {
            for (var token = tile * PackedRows.TileRows; work is not null && token < EndOf(tile); token++) work(token);
            pack(tile);
        }
        team.Sync();
    }

    void ForTokens(Action<int> work)
    {
        var tokens = batch.Tokens.Length < PackedRows.TileRows * team.Members ? 1 : PackedRows.TileRows;
        while (team.TryClaim((batch.Tokens.Length + tokens - 1) / tokens, out var item))
            for (var token = item * tokens; token < Math.Min(batch.Tokens.Length, (item + 1) * tokens); token++) work(token);
        team.Sync();
    }

    int EndOf(int tile) => Math.Min(batch.Tokens.Length, (tile + 1) * PackedRows.TileRows);
}
