// The goldens are sensitive: one changed detail of a Blueprint moves the golden models' logits far beyond their tolerance.
using Majlis.Model;
using Majlis.Torch;
using Xunit;
using static Majlis.tests.Torch.ArchitectureCase;
using static TorchSharp.torch;

namespace Majlis.tests.Torch;

public sealed class MutationTests
{
    static readonly Dictionary<string, Func<Blueprint, Blueprint>> mutations = new()
    {
        ["other_rotary_style"] = Attention(a => a with { Rotary = a.Rotary is { } r ? r with { Style = 1 - r.Style } : null }),
        ["no_rope"] = Attention(a => a with { Rotary = null }),
        ["window_plus_1"] = Attention(a => a with { Window = a.Window + 1 }),
        ["window_minus_1"] = Attention(a => a with { Window = a.Window - 1 }),
        ["no_window"] = Attention(a => a with { Window = null }),
        ["no_attn_softcap"] = Attention(a => a with { SoftCap = null }),
        ["no_final_softcap"] = b => b with { LogitSoftCap = null },
        ["no_logit_scale"] = b => b with { LogitScale = 1 },
        ["no_embed_scale"] = b => b with { EmbeddingScale = 1 },
        ["head_dim_scale"] = Attention(a => a with { Scale = (float)Math.Pow(a.HeadDim, -0.5) }),
        ["no_qk_norm"] = Attention(a => a with { QueryNorm = null, KeyNorm = null }),
        ["no_rope_scaling"] = Attention(a => a with { Rotary = a.Rotary is { } r ? r with { Scaling = null } : null }),
        ["silu_instead"] = Layers(layer => layer with { Mlp = layer.Mlp with { Activation = Activation.Silu } }),
        ["gelu_erf"] = Layers(layer => layer with { Mlp = layer.Mlp with { Activation = Activation.GeluErf } }),
        ["no_post_norms"] = Layers(layer => layer with { AfterAttention = null, AfterMlp = null }),
        ["sequential_block"] = Layers(layer => layer with { Residual = Residual.Sequential, BeforeMlp = layer.BeforeAttention }),
    };

    public static TheoryData<string> Mutated => Having(found => found.IsDecoder && found.Has("mutations"));

    [Theory, MemberData(nameof(Mutated))]
    public void Each_changed_detail_moves_the_logits_as_far_as_the_reference_moved(string name)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var golden = new ArchitectureCase(name);
        var (blueprint, weights) = golden.Open();
        using var owner = weights;
        var tried = 0;
        foreach (var mutation in golden.Golden.GetProperty("mutations").EnumerateObject().Where(item => mutations.ContainsKey(item.Name)))
        {
            var changed = mutations[mutation.Name](blueprint);
            using var network = new Transformer(changed, new Tolerant(weights, changed));
            var expected = mutation.Value.GetProperty("max_abs_per_prompt").EnumerateArray().Select(move => move.GetDouble()).ToArray();
            for (var i = 0; i < expected.Length; i++)
            {
                var moved = Distance(network.Forward(Ids(golden.Prompts[i]))[0], golden.Expected($"logits.{i}"));
                Assert.True(Math.Abs(moved - expected[i]) <= 3 * golden.Tolerance + 0.01 * expected[i],
                    $"{mutation.Name}, prompt {i}: moved {moved:g4}, the reference {expected[i]:g4}");
            }
            tried++;
        }
        Assert.True(tried > 0);
    }

    static Func<Blueprint, Blueprint> Layers(Func<LayerBlueprint, LayerBlueprint> change) => b =>
        b with { Layers = [.. b.Layers.Select(change)] };

    static Func<Blueprint, Blueprint> Attention(Func<AttentionBlueprint, AttentionBlueprint> change) =>
        Layers(layer => layer with { Attention = change(layer.Attention) });

    /// <summary>
    /// Only the tensors that the mutated network asks for: otherwise a network without norms would rightly refuse the checkpoint.
    /// </summary>
    sealed class Tolerant(IWeightSource inner, Blueprint asked) : IWeightSource
    {
        public IReadOnlyDictionary<string,
            TensorInfo> Tensors
        { get; } = inner.Tensors.Where(pair => asked.Tensors().ContainsKey(pair.Key)).ToDictionary();

        public void Read(string name, long firstElement, Span<float> destination) => inner.Read(name, firstElement, destination);

        public ReadOnlySpan<byte> Raw(string name, long firstByte, int byteCount) => inner.Raw(name, firstByte, byteCount);

        public void Dispose() { }
    }
}
