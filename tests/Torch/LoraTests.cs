// Adapters: a new one changes nothing, a trained one equals the merged weights, sequences of one batch may use different ones, and peft's
// files are read and written.
using Majlis.Model;
using Majlis.Model.Adapters;
using Majlis.Text;
using Majlis.Torch;
using Xunit;
using static Majlis.tests.Torch.AdapterCase;
using static Majlis.tests.Torch.ArchitectureCase;
using static TorchSharp.torch;

namespace Majlis.tests.Torch;

public sealed class LoraTests
{
    static readonly int[] ids = [3, 14, 15, 92, 65, 35, 89, 79, 32, 38];

    [Theory]
    [InlineData("llama")]
    [InlineData("phi3")]
    [InlineData("gemma2")]
    public void A_fresh_adapter_is_the_base_to_the_bit(string family)
    {
        var (blueprint, weights, config) = Make(family);
        using var owner = weights;
        using var plain = new Transformer(blueprint, weights);
        using var adapter = LoraAdapter.Create(blueprint, config, 7);
        var before = PagedEqualsPlainTests.All(plain, ids);
        plain.Attach(adapter);
        Assert.Equal(before, PagedEqualsPlainTests.All(plain, ids));
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("phi3")]
    [InlineData("cohere2")]
    public void A_trained_adapter_equals_its_merged_weights_and_taken_off_the_base(string family)
    {
        var (blueprint, weights, config) = Make(family);
        using var owner = weights;
        using var plain = new Transformer(blueprint, weights);
        using var adapter = Trained(blueprint, config, 7);
        var before = PagedEqualsPlainTests.All(plain, ids);
        plain.Attach(adapter);
        var adapted = PagedEqualsPlainTests.All(plain, ids);
        plain.Attach(null);
        Assert.Equal(before, PagedEqualsPlainTests.All(plain, ids));
        Assert.True(Worst(before, adapted) > 0.05);

        foreach (var name in weights.Tensors.Keys)
            if (adapter.Delta(name) is { } delta)
                for (var i = 0; i < weights[name].Length; i++) weights[name][i] += delta[i / delta.GetLength(1), i % delta.GetLength(1)];
        using var merged = new Transformer(blueprint, weights);
        Assert.True(Worst(adapted, PagedEqualsPlainTests.All(merged, ids)) < 1e-4);
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("phi3")]
    public void Sequences_of_one_batch_keep_their_own_adapters(string family)
    {
        var (blueprint, weights, config) = Make(family);
        using var owner = weights;
        using var plain = new Transformer(blueprint, weights);
        using var network = new TorchNetwork(blueprint, weights, new TorchOptions { DType = ComputeType.Float32, BlockSize = 4 });
        using var one = Trained(blueprint, config, 7);
        using var two = Trained(blueprint, config, 8);
        var indices = (int[])[-1, network.AddAdapter(Served(one, blueprint)), network.AddAdapter(Served(two, blueprint)), -1];
        var paged = new Paged(network, blocks: 64);
        var texts = indices.Select(_ => paged.Begin()).ToArray();
        var row = new float[blueprint.VocabularySize];
        var expected = ((LoraAdapter?[])[null, one, two, null]).Select(adapter =>
        {
            plain.Attach(adapter);
            return PagedEqualsPlainTests.All(plain, ids)[^1];
        }).ToArray();
        paged.Step(LogitRows.None, Pooling.None, [.. texts.Select((text, i) => (text, ids[..^1], indices[i]))]).Dispose();
        using var result = paged.Step(LogitRows.Last, Pooling.None, [.. texts.Select((text, i) => (text, ids[^1..], indices[i]))]);
        for (var i = 0; i < texts.Length; i++)
        {
            result.ReadLogits(i, row);
            Assert.True(row.Zip(expected[i]).Max(pair => Math.Abs(pair.First - pair.Second)) < 1e-4, $"sequence {i}");
        }
    }

    [Fact]
    public void Only_the_adapter_gets_gradients()
    {
        var (blueprint, weights, config) = Make("llama");
        using var owner = weights;
        using var scope = NewDisposeScope();
        using var plain = new Transformer(blueprint, weights);
        using var adapter = Trained(blueprint, config, 7);
        plain.Attach(adapter);
        plain.Forward(Ids(ids)).logsumexp(-1, false).sum().backward();
        Assert.All(adapter.NamedParameters, parameter => Assert.True(parameter.Value.grad!.abs().sum().Number() > 0, parameter.Name));
        Assert.All(plain.Weights.Values, weight => Assert.False(weight.requires_grad));
    }

    [Fact]
    public void The_seed_alone_decides_a_fresh_adapter()
    {
        var (blueprint, _, config) = Make("llama");
        Assert.Equal(First(5), First(5));
        Assert.NotEqual(First(5), First(6));

        float[] First(ulong seed)
        {
            using var adapter = LoraAdapter.Create(blueprint, config, seed);
            return adapter.Parameters.First().detach().data<float>().ToArray();
        }
    }

    [Fact]
    public void Peft_names_and_values_come_back_as_they_went()
    {
        var (blueprint, _, config) = Make("llama");
        using var adapter = Trained(blueprint, config, 7);
        Assert.Contains("base_model.model.model.layers.3.self_attn.q_proj.lora_A.weight",
            adapter.NamedParameters.Select(parameter => parameter.Name));
        using var file = Tensors(adapter);
        using var back = LoraAdapter.Read(blueprint, config, file);
        const string Name = "model.layers.2.mlp.down_proj.weight";
        Assert.Equal(adapter.Delta(Name)!.Cast<float>(), back.Delta(Name)!.Cast<float>());
        Assert.Null(adapter.Delta("model.norm.weight"));
    }

    [Fact]
    public void A_target_the_network_lacks_is_named()
    {
        var (blueprint, _, config) = Make("llama");
        var error = Assert.Throws<ModelFormatException>(() =>
            LoraAdapter.Create(blueprint, config with { TargetModules = ModuleNames.Of(["q_proj", "c_attn"]) }, 1));
        Assert.Contains("c_attn", error.Message, StringComparison.Ordinal);
    }

    static double Worst(float[][] a, float[][] b) =>
        a.Zip(b).Max(rows => rows.First.Zip(rows.Second).Max(pair => Math.Abs(pair.First - pair.Second)));
}
