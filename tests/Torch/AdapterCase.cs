// Trained-looking adapters of small networks, and their numbers as networks serve them.
using Majlis.Model;
using Majlis.Model.Adapters;
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.tests.Torch;

static class AdapterCase
{
    public static (Blueprint Blueprint, MemoryWeights Weights, AdapterConfig Config) Make(string family)
    {
        var blueprint = PagedEqualsPlainTests.Tiny(family);
        var targets = family == "phi3" ? (string[])["qkv_proj", "o_proj", "gate_up_proj", "down_proj"]
            : ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];
        return (blueprint, TinyModel.Weights(blueprint, 11), AdapterConfig.Plain(3, 6, [.. targets]));
    }

    public static LoraAdapter Trained(Blueprint blueprint, AdapterConfig config, ulong seed)
    {
        var adapter = LoraAdapter.Create(blueprint, config, seed);
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var generator = new Generator(seed + 1);
        foreach (var parameter in adapter.Parameters) parameter.PlusInPlace(rand(parameter.shape, generator: generator).Times(0.3));
        return adapter;
    }

    /// <summary>Read back from peft's tensors.</summary>
    public static LowRankAdapter Served(LoraAdapter adapter, Blueprint blueprint)
    {
        using var file = Tensors(adapter);
        return LowRankAdapter.Read(blueprint, adapter.Config, file, "adapter");
    }

    public static MemoryWeights Tensors(LoraAdapter adapter) => new(adapter.NamedParameters.ToDictionary(parameter => parameter.Name,
        parameter => (System.Collections.Immutable.ImmutableArray.Create(parameter.Value.shape),
            parameter.Value.detach().data<float>().ToArray())));
}
