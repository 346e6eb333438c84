// The network for full training: packed rows, fp32 masters, products in fp32 or bf16. As under PyTorch's autocast, residuals and norms stay
// in fp32, and each weight is rounded once a pass; attention computes in fp32 too. Equal to the plain Transformer, which its tests compare.
// Legend: N rows, H query heads, K key/value heads, D head elements, C hidden, I inner elements of the MLP.
using Majlis.Model;
using Majlis.Text;
using static TorchSharp.torch;

namespace Majlis.Torch.Packed;

public sealed class PackedTransformer
{
    readonly Blueprint blueprint;
    readonly IReadOnlyDictionary<string, Tensor> masters;
    readonly ScalarType products;
    LoraAdapter? adapter;

    /// <param name="blueprint">A causal language model.</param>
    /// <param name="masters">Every tensor of the Blueprint in fp32, or frozen in the products' type; the caller owns them.</param>
    /// <param name="products">Float32, or BFloat16 for faster products.</param>
    /// <exception cref="ModelFormatException">The network is neither a causal language model nor a reward model.</exception>
    public PackedTransformer(Blueprint blueprint, IReadOnlyDictionary<string, Tensor> masters, ScalarType products)
    {
        if (!blueprint.IsCausal || blueprint.HeadKind == HeadKind.None || blueprint.Head!.HasBias)
            throw new ModelFormatException(
                $"A {blueprint.Family} network that neither predicts tokens nor rewards, or has a biased head, cannot be trained on text.");
        (this.blueprint, this.masters, this.products) = (blueprint, masters, products);
    }

    /// <summary>Loads every tensor of the Blueprint in a type; norms and biases, which are few, in fp32. The caller owns them.</summary>
    public static Dictionary<string, Tensor> Load(Blueprint blueprint, IWeightSource source, ScalarType type)
    {
        blueprint.Check(source);
        return blueprint.Tensors().ToDictionary(tensor => tensor.Key, tensor => WeightLoader.Load(source, tensor.Key,
            tensor.Value.Length == 1 ? ScalarType.Float32 : type, CPU).DetachFromDisposeScope());
    }

    public Blueprint Blueprint => blueprint;

    public ScalarType Products => products;

    /// <summary>Whether layers are computed again for their gradients: less memory, more time, the same results.</summary>
    public bool Recomputes { get; init; }

    /// <summary>The head's fp32 weight [V, C] (the embedding's where tied); a gradient for it is the caller's to add.</summary>
    public Tensor Head => Weight(blueprint.Head!.Weight);

    /// <summary>Whether the head's product is another one than that with <see cref="Head"/>.</summary>
    public bool AdaptsHead => adapter?.ModuleOf(blueprint.Head!) is not null;

    internal ReturnedGradients Returned { get; } = new();

    /// <summary>Lets an adapter change the modules it names; null takes it off. The caller owns it.</summary>
    public void Attach(LoraAdapter? lora)
    {
        lora?.CheckFits(blueprint);
        adapter = lora;
    }

    /// <summary>Final states [.., C] to the head's output [.., V] in fp32, scaled and capped, with gradient.</summary>
    public Tensor Logits(Tensor states)
    {
        using var scope = NewDisposeScope();
        var logits = Linear(states.to(products), blueprint.Head!).to(ScalarType.Float32);
        if (blueprint.LogitScale != 1) logits = logits.Times(blueprint.LogitScale);
        return LayerOperations.SoftCap(logits, blueprint.LogitSoftCap).MoveToOuterDisposeScope();
    }

    /// <summary>The final states [N, C] fp32 of all rows, with gradient to the masters. Those of padding rows are meaningless.</summary>
    public Tensor States(PackedBatch batch)
    {
        using var scope = NewDisposeScope();
        var pass = new Pass(batch);
        var x = Tokens(batch.Tokens).to(ScalarType.Float32); // [N, C]
        if (blueprint.EmbeddingScale != 1) x = x.Times(blueprint.EmbeddingScale);
        foreach (var layer in blueprint.Layers)
        {
            using var before = x;
            x = Recomputes && is_grad_enabled() ? Recomputed.Run(x, input => Layer(input, layer, pass), Returned) : Layer(x, layer, pass);
        }
        return MaybeNorm(x, blueprint.FinalNorm, ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>Of what a layer makes only what its gradient needs stays.</summary>
    Tensor Layer(Tensor x, LayerBlueprint layer, Pass pass)
    {
        using var scope = NewDisposeScope();
        return Residuals(x, layer, pass).MoveToOuterDisposeScope();
    }

    Tensor Residuals(Tensor x, LayerBlueprint layer, Pass pass)
    {
        if (layer.Residual == Residual.Parallel)
        {
            var n = Norm(x, layer.BeforeAttention!, products);
            return x.Plus(Attention(n, layer.Attention, pass)).Plus(Mlp(n, layer.Mlp));
        }
        if (layer.Residual == Residual.NormAfterAdd)
        {
            var attended = Norm(x.Plus(Attention(x.to(products), layer.Attention, pass)), layer.AfterAttention!, ScalarType.Float32);
            return Norm(attended.Plus(Mlp(attended.to(products), layer.Mlp)), layer.AfterMlp!, ScalarType.Float32);
        }
        var mixed = Attention(MaybeNorm(x, layer.BeforeAttention, products), layer.Attention, pass);
        var h = x.Plus(Added(mixed, layer.AfterAttention));
        return h.Plus(Added(Mlp(MaybeNorm(h, layer.BeforeMlp, products), layer.Mlp), layer.AfterMlp));
    }

    Tensor Added(Tensor x, NormBlueprint? norm) => norm is null ? x : Norm(x, norm, ScalarType.Float32);

    Tensor Attention(Tensor x, AttentionBlueprint a, Pass pass)
    {
        var queries = MaybeNorm(Linear(x, a.Query), a.QueryNorm, products); // [N, H*D]
        var keys = MaybeNorm(Linear(x, a.Key), a.KeyNorm, products); // [N, K*D]
        return Linear(PackedAttention.Run(queries, keys, Linear(x, a.Value), pass.PlanOf(a), Returned), a.Output);
    }

    Tensor Mlp(Tensor x, MlpBlueprint mlp)
    {
        var inner = Linear(x, mlp.Up); // [N, I]
        if (mlp.Gate is not { } gate) inner = LayerOperations.Activate(inner, mlp.Activation);
        else if (mlp.Activation == Activation.Silu) inner = GatedSilu.Run(Linear(x, gate), inner, Returned);
        else inner = LayerOperations.Activate(Linear(x, gate), mlp.Activation) * inner;
        return Linear(inner, mlp.Down);
    }

    Tensor Tokens(Tensor ids)
    {
        var table = Weight(blueprint.Embedding);
        var rows = table.index_select(0, ids);
        return adapter?.Lookup(blueprint.Embedding, ids, rows, table) ?? rows;
    }

    /// <summary>The master, or the adapter's trained copy of it.</summary>
    Tensor Weight(string name) => adapter?.Whole(name) ?? masters[name];

    Tensor Linear(Tensor x, Projection projection)
    {
        var (weight, bias) = (Rows(Weight(projection.Weight)), projection.HasBias ? Rows(Weight(projection.Bias)) : null);
        return adapter?.ModuleOf(projection) is not { } module ? nn.functional.linear(x, weight, bias)
            : module.Magnitude is null && !weight.requires_grad && bias is not { requires_grad: true }
                ? AdaptedLinear.Run(x, weight, bias, module.A, LoraModule.Rows(module.B, projection), module.Scale, Returned)
                : module.Linear(x, weight, bias, projection);

        Tensor Rows(Tensor tensor) => (projection.Outputs == projection.TensorRows ? tensor
            : tensor.narrow(0, projection.FirstRow, projection.Outputs)).to(products);
    }

    Tensor MaybeNorm(Tensor x, NormBlueprint? norm, ScalarType type) => norm is null ? x.to(type) : Norm(x, norm, type);

    /// <summary>x of any type, normed in fp32, in the type asked for. The library's kernel where it has one for this norm.</summary>
    Tensor Norm(Tensor x, NormBlueprint norm, ScalarType type)
    {
        var weight = Wide(norm.Weight);
        if (RootMeanNorm.Fits(norm)) return RootMeanNorm.Run(x, weight, norm, type, Returned);
        var bias = norm.HasBias ? Wide(norm.Bias) : null;
        x = x.to(ScalarType.Float32);
        return (norm is { Kind: NormKind.Layer, Offset: 0, Rows: null } && norm.Width == x.shape[^1]
            ? nn.functional.layer_norm(x, [norm.Width], weight, bias, norm.Epsilon)
            : LayerOperations.Norm(x, norm, weight, bias)).to(type);
    }

    Tensor Wide(string name) => Weight(name).to(ScalarType.Float32);

    /// <summary>What does not depend on weights; made once a pass and shared by layers with the same settings.</summary>
    sealed class Pass(PackedBatch batch)
    {
        readonly Dictionary<Rotary, HeadRotation> rotations = [];

        public AttentionPlan PlanOf(AttentionBlueprint a) => new(batch.Forks, a.Heads, a.KeyValueHeads, a.HeadDim, a.Scale, a.Window,
            a.SoftCap, a.Rotary is { } rotary ? RotationOf(rotary) : null);

        HeadRotation RotationOf(Rotary rotary)
        {
            if (rotations.TryGetValue(rotary, out var known)) return known;
            var (cos, sin) = RotaryTable.Angles(rotary, Numbers.Count(0, batch.Longest, CPU), batch.Longest); // [L, R]
            return rotations[rotary] = new HeadRotation(cos.data<float>().ToArray(), sin.data<float>().ToArray(), (int)cos.shape[1],
                rotary.Style == RotaryStyle.HalfSplit);
        }
    }
}
