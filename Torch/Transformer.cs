// The network in one file, in reading order: plain, differentiable, whole sequences at once. Training runs it, and faster code is tested
// against it. It has no cache and knows no model family, only the Blueprint. Pooling and the reward head are kept for later work.
// Legend: B batch, T tokens, C hidden, V vocabulary, H query heads, K key/value heads, G = H / K queries per key head, D head elements,
//         R rotated elements of a head, I inner elements of the MLP. A mask is [B, T] int64, 1 where a token is real, 0 where padding.
using Majlis.Model;
using Majlis.Text;
using static TorchSharp.torch;

namespace Majlis.Torch;

public sealed class Transformer : IDisposable
{
    // Finite, so that a padding row, which attends to nothing, gets equal weights and no NaN.
    const float Hidden = -1e30f;

    readonly Blueprint blueprint;
    readonly Dictionary<string, Tensor> weights;
    LoraAdapter? adapter;

    /// <summary>Loads every tensor the Blueprint names, tensor by tensor.</summary>
    /// <param name="blueprint">What to build.</param>
    /// <param name="source">The checkpoint; may be disposed afterwards.</param>
    /// <param name="dtype">Float32 for training and as oracle; BFloat16 keeps norms, rotation and softmax in fp32.</param>
    /// <param name="device">Where to compute.</param>
    /// <exception cref="ModelFormatException">A tensor is missing, unexpected or of the wrong shape.</exception>
    public Transformer(Blueprint blueprint, IWeightSource source, ScalarType dtype = ScalarType.Float32, Device? device = null)
    {
        blueprint.Check(source);
        this.blueprint = blueprint;
        weights = blueprint.Tensors()
            .Keys.ToDictionary(name => name, name => WeightLoader.Load(source, name, dtype, device ?? CPU).DetachFromDisposeScope());
    }

    public Blueprint Blueprint => blueprint;

    /// <summary>Every tensor under its checkpoint name. Set requires_grad on the trained ones.</summary>
    public IReadOnlyDictionary<string, Tensor> Weights => weights;

    /// <summary>Lets an adapter change the modules it names; null takes it off. The caller owns the adapter.</summary>
    public void Attach(LoraAdapter? lora)
    {
        lora?.CheckFits(blueprint);
        adapter = lora;
    }

    /// <summary>tokens [B, T] int64 to logits [B, T, V]. Rows at padding are meaningless.</summary>
    public Tensor Forward(Tensor tokens, Tensor? mask = null)
    {
        using var scope = NewDisposeScope();
        return Logits(States(tokens, mask)).MoveToOuterDisposeScope();
    }

    /// <summary>Final states [.., C] to logits [.., V], scaled and capped; fp32 unless there is neither scale nor cap.</summary>
    public Tensor Logits(Tensor states)
    {
        var logits = Linear(states, blueprint.Head ?? throw new InvalidOperationException("An encoder has no logits."));
        if (blueprint.LogitScale != 1) logits = logits.Times(blueprint.LogitScale);
        return LayerOperations.SoftCap(logits, blueprint.LogitSoftCap);
    }

    /// <summary>tokens [B, T] to the final states [B, T, C]; <paramref name="taps"/> receives the embedding and each layer's
    /// output.</summary>
    public Tensor States(Tensor tokens, Tensor? mask = null, Tensor? tokenTypes = null, ICollection<Tensor>? taps = null)
    {
        using var scope = NewDisposeScope();
        var positions = Positions(tokens, mask); // [B, T]
        var x = Embed(tokens, positions, tokenTypes); // [B, T, C]
        taps?.Add(x.alias().DetachFromDisposeScope());
        var seen = new Visibility(positions, mask);
        foreach (var layer in blueprint.Layers)
        {
            x = Layer(x, layer, seen);
            taps?.Add(x.alias().DetachFromDisposeScope());
        }
        if (blueprint.FinalNorm is { } norm) x = Norm(x, norm);
        return x.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Reward head: [B] scores, read at each row's last token that is not the padding id, as in transformers; of encoders at the first
    /// token, behind their pooler.
    /// </summary>
    public Tensor Scores(Tensor tokens, Tensor? mask = null, Tensor? tokenTypes = null)
    {
        using var scope = NewDisposeScope();
        var states = States(tokens, mask, tokenTypes);
        if (blueprint.Pooler is { } pooler)
            return Logits(Linear(states.narrow(1, 0, 1).squeeze(1), pooler).tanh()).squeeze(-1).MoveToOuterDisposeScope();
        var numbers = Numbers.Count(0, tokens.shape[1], tokens.device);
        var last = blueprint.PadToken is { } pad ? (tokens.ne(Numbers.Of((long)pad)).to(ScalarType.Int64) * numbers).argmax(-1) // [B]
            : numbers[^1].expand(tokens.shape[0]);
        var rows = states[Numbers.Count(0, tokens.shape[0], tokens.device), last]; // [B, C]
        return Logits(rows).squeeze(-1).MoveToOuterDisposeScope();
    }

    /// <summary>Sentence vectors [B, C]: the mean of the real tokens' states, not normalised.</summary>
    public Tensor MeanPooled(Tensor tokens, Tensor? mask = null, Tensor? tokenTypes = null)
    {
        using var scope = NewDisposeScope();
        var states = States(tokens, mask, tokenTypes).to(ScalarType.Float32);
        if (mask is null) return states.mean([1]).MoveToOuterDisposeScope();
        var real = mask.to(ScalarType.Float32).unsqueeze(-1); // [B, T, 1]
        return ((states * real).sum(1) / real.sum(1).clamp_min(Numbers.Of(1e-9))).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        foreach (var tensor in weights.Values) tensor.Dispose();
    }

    // Positions count real tokens from 0, wherever the padding is.
    Tensor Positions(Tensor tokens, Tensor? mask) => mask is not null && blueprint.IsCausal
        ? mask.cumsum(1).add(Numbers.Of(-1L), Numbers.Of(1L)).clamp_min(Numbers.Of(0L))
        : Numbers.Count(0, tokens.shape[1], tokens.device).expand(tokens.shape[0], -1);

    Tensor Embed(Tensor tokens, Tensor positions, Tensor? tokenTypes)
    {
        var x = Tokens(tokens); // [B, T, C]
        if (blueprint.EmbeddingScale != 1) x = x.Times(blueprint.EmbeddingScale);
        if (blueprint.TokenTypeEmbedding is { } types) x = x.Plus(Lookup(Weight(types), tokenTypes ?? zeros_like(tokens)));
        if (blueprint.PositionEmbedding is { } table)
            x = x.Plus(Lookup(Weight(table).narrow(0, blueprint.PositionOffset, blueprint.MaxPositions), positions));
        return blueprint.EmbeddingNorm is { } norm ? Norm(x, norm) : x;

        static Tensor Lookup(Tensor table, Tensor ids) => table.index_select(0, ids.reshape(-1)).view(ids.shape[0], ids.shape[1], -1);
    }

    Tensor Tokens(Tensor tokens)
    {
        var (ids, table) = (tokens.reshape(-1), Weight(blueprint.Embedding));
        var rows = table.index_select(0, ids);
        return (adapter?.Lookup(blueprint.Embedding, ids, rows, table) ?? rows).view(tokens.shape[0], tokens.shape[1], -1);
    }

    /// <summary>The base's tensor, or the adapter's trained copy of it.</summary>
    Tensor Weight(string name) => adapter?.Whole(name) is { } trained ? trained.to(weights[name].dtype) : weights[name];

    Tensor Layer(Tensor x, LayerBlueprint layer, Visibility seen)
    {
        if (layer.Residual == Residual.Parallel)
        {
            var n = Norm(x, layer.BeforeAttention!);
            return x.Plus(Attention(n, layer.Attention, seen)).Plus(Mlp(n, layer.Mlp));
        }
        if (layer.Residual == Residual.NormAfterAdd)
        {
            var attended = Norm(x.Plus(Attention(x, layer.Attention, seen)), layer.AfterAttention!);
            return Norm(attended.Plus(Mlp(attended, layer.Mlp)), layer.AfterMlp!);
        }
        var h = x.Plus(MaybeNorm(Attention(MaybeNorm(x, layer.BeforeAttention), layer.Attention, seen), layer.AfterAttention));
        return h.Plus(MaybeNorm(Mlp(MaybeNorm(h, layer.BeforeMlp), layer.Mlp), layer.AfterMlp));
    }

    Tensor Attention(Tensor x, AttentionBlueprint a, Visibility seen)
    {
        var (b, t, k, g, d) = (x.shape[0], x.shape[1], a.KeyValueHeads, a.Heads / a.KeyValueHeads, a.HeadDim);
        var queries = MaybeNorm(Linear(x, a.Query), a.QueryNorm).view(b, t, a.Heads, d);
        var keys = MaybeNorm(Linear(x, a.Key), a.KeyNorm).view(b, t, k, d);
        var values = Linear(x, a.Value).view(b, t, k, d);
        if (a.Rotary is { } rotary)
        {
            var (cos, sin) = seen.Angles(rotary); // [B, T, 1, R]
            queries = LayerOperations.Rotate(queries, cos, sin, rotary.Style);
            keys = LayerOperations.Rotate(keys, cos, sin, rotary.Style);
        }
        // The G queries of a key head are rows of one matrix, so keys and values are never repeated.
        var rows = queries.view(b, t, k, g, d).permute(0, 2, 3, 1, 4).reshape(b, k, g * t, d); // [B, K, G*T, D]
        var scores = rows.matmul(keys.permute(0, 2, 3, 1)).to(ScalarType.Float32).Times(a.Scale); // [B, K, G*T, T]
        scores = LayerOperations.SoftCap(scores, a.SoftCap).view(b, k, g, t, t);
        var shares = scores.Masked(seen.Unseen(a), Hidden).softmax(-1).to(x.dtype).view(b, k, g * t, t);
        var mixed = shares.matmul(values.transpose(1, 2)); // [B, K, G*T, D]
        return Linear(mixed.view(b, k, g, t, d).permute(0, 3, 1, 2, 4).reshape(b, t, a.Heads * d), a.Output);
    }

    Tensor Mlp(Tensor x, MlpBlueprint mlp)
    {
        var inner = Linear(x, mlp.Up); // [B, T, I]
        inner = mlp.Gate is { } gate ? LayerOperations.Activate(Linear(x, gate), mlp.Activation) * inner
            : LayerOperations.Activate(inner, mlp.Activation);
        return Linear(inner, mlp.Down);
    }

    // x [.., Inputs] to [.., Outputs]
    Tensor Linear(Tensor x, Projection projection)
    {
        var weight = Rows(Weight(projection.Weight), projection);
        var bias = projection.HasBias ? Rows(Weight(projection.Bias), projection) : null;
        return adapter?.Linear(x, weight, bias, projection) ?? nn.functional.linear(x, weight, bias);

        static Tensor Rows(Tensor tensor, Projection projection) =>
            projection.Outputs == projection.TensorRows ? tensor : tensor.narrow(0, projection.FirstRow, projection.Outputs);
    }

    Tensor MaybeNorm(Tensor x, NormBlueprint? norm) => norm is null ? x : Norm(x, norm);

    Tensor Norm(Tensor x, NormBlueprint norm) =>
        LayerOperations.Norm(x, norm, Weight(norm.Weight), norm.HasBias ? Weight(norm.Bias) : null);

    /// <summary>What depends on positions only; made once per pass and shared by layers with the same settings.</summary>
    sealed class Visibility(Tensor positions, Tensor? mask)
    {
        readonly Dictionary<Rotary, (Tensor, Tensor)> angles = [];
        readonly Dictionary<(int?, bool), Tensor> unseen = [];

        public (Tensor Cos, Tensor Sin) Angles(Rotary rotary)
        {
            if (angles.TryGetValue(rotary, out var known)) return known;
            var (cos, sin) = RotaryTable.Angles(rotary, positions, (int)positions.shape[1]); // [B, T, R]
            return angles[rotary] = (cos.unsqueeze(2), sin.unsqueeze(2));
        }

        /// <summary>[B or 1, 1, 1, T, T] true where a query (row) must not attend to a key (column).</summary>
        public Tensor Unseen(AttentionBlueprint a)
        {
            if (unseen.TryGetValue((a.Window, a.IsCausal), out var known)) return known;
            var steps = Numbers.Count(0, positions.shape[1], positions.device);
            var ahead = steps.unsqueeze(0) - steps.unsqueeze(1); // [T, T] key minus query
            var blocked = a.IsCausal ? ahead.gt(Numbers.Of(0L)) : zeros_like(ahead, ScalarType.Bool);
            if (a.Window is { } window) blocked = blocked.logical_or(ahead.le(Numbers.Of(-(long)window)));
            blocked = blocked.view(1, 1, 1, steps.shape[0], steps.shape[0]);
            if (mask is not null) blocked =
                blocked.logical_or(mask.eq(Numbers.Of(0L)).view(positions.shape[0], 1, 1, 1, positions.shape[1]));
            return unseen[(a.Window, a.IsCausal)] = blocked;
        }
    }
}
