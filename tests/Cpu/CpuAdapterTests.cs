// Adapters on the cpu backend: equal to the plain network with the adapter attached, each sequence its own, whatever the company; and
// peft's files as both backends read them.
using System.Text.Json;
using Majlis.Cpu;
using Majlis.Cpu.Weights;
using Majlis.Model;
using Majlis.Model.Adapters;
using Majlis.tests.Torch;
using Majlis.Text;
using Majlis.Torch;
using Xunit;
using static Majlis.tests.Torch.AdapterCase;

namespace Majlis.tests.Cpu;

public sealed class CpuAdapterTests
{
    static readonly int[] ids = [3, 14, 15, 92, 65, 35, 89, 79, 32, 38];

    [Theory]
    [InlineData("llama")]
    [InlineData("phi3")]
    [InlineData("cohere2")]
    [InlineData("olmo2")]
    public void Sequences_of_one_batch_keep_their_own_adapters(string family)
    {
        var (blueprint, weights, config) = Make(family);
        using var owner = weights;
        using var plain = new Transformer(blueprint, weights);
        using var network = new CpuNetwork(blueprint, weights, new CpuOptions { Weights = WeightPrecision.Float32, Threads = 2 });
        using var one = Trained(blueprint, config, 7);
        using var two = Trained(blueprint, config, 8);
        var indices = (int[])[-1, network.AddAdapter(Served(one, blueprint)), network.AddAdapter(Served(two, blueprint)), -1];
        var paged = new Paged(network, blocks: 64);
        var texts = indices.Select(_ => paged.Begin()).ToArray();
        var expected = ((LoraAdapter?[])[null, one, two, null]).Select(adapter =>
        {
            plain.Attach(adapter);
            return PagedEqualsPlainTests.All(plain, ids)[^1];
        }).ToArray();
        paged.Step(LogitRows.None, Pooling.None, [.. texts.Select((text, i) => (text, ids[..^1], indices[i]))]).Dispose();
        using var result = paged.Step(LogitRows.Last, Pooling.None, [.. texts.Select((text, i) => (text, ids[^1..], indices[i]))]);
        var row = new float[blueprint.VocabularySize];
        for (var i = 0; i < texts.Length; i++)
        {
            result.ReadLogits(i, row);
            Assert.True(row.Zip(expected[i]).Max(pair => Math.Abs(pair.First - pair.Second)) < 1e-4, $"sequence {i}");
        }
    }

    [Theory]
    [InlineData(WeightPrecision.Float32)]
    [InlineData(WeightPrecision.Int4)]
    public void Threads_company_and_chunks_change_no_bit(WeightPrecision precision)
    {
        var (blueprint, weights, config) = Make("llama");
        using var owner = weights;
        using var one = Trained(blueprint, config, 7);
        using var two = Trained(blueprint, config, 8);
        var expected = Last(threads: 1, chunk: 100, company: 0);
        foreach (var (threads, chunk, company) in ((int, int, int)[])[(2, 100, 0), (2, 1, 3), (1, 3, 2)])
            Assert.Equal(expected, Last(threads, chunk, company));

        float[] Last(int threads, int chunk, int company)
        {
            using var network = new CpuNetwork(blueprint, weights, new CpuOptions { Weights = precision, Threads = threads });
            var (own, other) = (network.AddAdapter(Served(one, blueprint)), network.AddAdapter(Served(two, blueprint)));
            var paged = new Paged(network);
            var texts = Enumerable.Range(0, company + 1).Select(_ => paged.Begin()).ToArray();
            var row = new float[blueprint.VocabularySize];
            for (var at = 0; at < ids.Length; at += chunk)
            {
                var part = ids[at..Math.Min(ids.Length, at + chunk)];
                using var result = paged.Step(LogitRows.Last, Pooling.None,
                    [.. texts.Select((text, i) => (text, part, i == company ? own : i % 2 == 0 ? other : -1))]);
                result.ReadLogits(company, row);
            }
            return row;
        }
    }

    [Fact]
    public void An_adapter_that_was_removed_or_made_for_another_network_is_named()
    {
        var (blueprint, weights, config) = Make("llama");
        using var owner = weights;
        using var adapter = Trained(blueprint, config, 7);
        foreach (INetwork network in (INetwork[])[new CpuNetwork(blueprint, weights), new TorchNetwork(blueprint, weights)])
        {
            using var own = network;
            var index = network.AddAdapter(Served(adapter, blueprint));
            network.RemoveAdapter(index);
            var paged = new Paged(network);
            var error = Assert.Throws<ArgumentException>(() =>
                paged.Step(LogitRows.Last, Pooling.None, (paged.Begin(), ids, index)));
            Assert.Contains($"no adapter {index}", error.Message, StringComparison.Ordinal);
            Assert.NotEqual(index, network.AddAdapter(Served(adapter, blueprint)));
            var (other, _, otherConfig) = Make("phi3");
            using var stranger = Trained(other, otherConfig, 7);
            Assert.Contains("qkv_proj", Assert.Throws<ModelFormatException>(() => network.AddAdapter(Served(stranger, other))).Message,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Ranks_and_scales_by_pattern_are_those_of_the_config()
    {
        var blueprint = PagedEqualsPlainTests.Tiny("llama");
        var adapter = Read(blueprint, """{"rank_pattern": {"o_proj": 2}, "alpha_pattern": {"o_proj": 8}}""", ("q_proj", 4), ("o_proj", 2));
        Assert.Equal((4, 2.0f), Found("q_proj"));
        Assert.Equal((2, 4.0f), Found("o_proj"));

        (int, float) Found(string name)
        {
            var pair = adapter.Pairs[$"model.layers.1.self_attn.{name}"];
            return (pair.Rank, pair.Up[0]);
        }
    }

    [Theory]
    [InlineData("""{"use_dora": true}""", "use_dora")]
    [InlineData("""{"bias": "all"}""", "bias")]
    [InlineData("""{"modules_to_save": ["lm_head"]}""", "modules_to_save")]
    [InlineData("""{"init_lora_weights": "pissa"}""", "init_lora_weights")]
    [InlineData("""{"exclude_modules": ["q_proj"]}""", "exclude_modules")]
    [InlineData("""{"r": 3}""", "lora_A.weight' is [4, 32], expected [3, 32]")]
    [InlineData("""{"target_modules": ["k_proj"]}""", "target_modules")]
    public void What_is_more_than_low_rank_or_does_not_fit_is_named(string fields, string named)
    {
        var blueprint = PagedEqualsPlainTests.Tiny("llama");
        Assert.Contains(named, Assert.Throws<ModelFormatException>(() => Read(blueprint, fields, ("q_proj", 4))).Message,
            StringComparison.Ordinal);
    }

    // Factors of ones for modules of layer 1; r 4, alpha 8 and their modules as targets unless the fields say otherwise.
    static LowRankAdapter Read(Blueprint blueprint, string fields, params (string Name, int Rank)[] modules)
    {
        var config = JsonSerializer.Deserialize<Dictionary<string, object>>(fields)!;
        config["peft_type"] = "LORA";
        config["lora_alpha"] = 8;
        config.TryAdd("r", 4);
        config.TryAdd("target_modules", modules.Select(module => module.Name).ToArray());
        var tensors = new Dictionary<string, (System.Collections.Immutable.ImmutableArray<long>, float[])>();
        foreach (var (name, rank) in modules)
        {
            tensors[$"base_model.model.model.layers.1.self_attn.{name}.lora_A.weight"] = ([rank, 32], Ones(rank * 32));
            tensors[$"base_model.model.model.layers.1.self_attn.{name}.lora_B.weight"] = ([32, rank], Ones(rank * 32));
        }
        using var file = new MemoryWeights(tensors);
        return LowRankAdapter.Read(blueprint, AdapterConfig.Read(JsonSerializer.SerializeToElement(config), "config"), file, "adapter");

        static float[] Ones(int count) => [.. Enumerable.Repeat(1f, count)];
    }
}
