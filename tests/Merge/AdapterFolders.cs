// Adapters as peft writes them and as people name their folders: which pattern counts, what is refused, where a name is split.
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Merge;
using Majlis.Merge.Adapters;
using Majlis.Merge.Recipes;
using Majlis.Model;
using Majlis.tests.Support;
using Majlis.Text;
using Xunit;

namespace Majlis.tests.Merge;

public sealed class AdapterFolders : IDisposable
{
    const string Tensor = "model.layers.0.self_attn.q_proj.weight";

    readonly TemporaryFolder folder = new();
    int adapters;

    static string Root => Shared.Require(Shared.Golden("training", "lora_math"));

    static string Base => Path.Combine(Root, "base");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Of_overlapping_patterns_the_first_counts()
    {
        const string Wide = "q_proj", Narrow = "layers.0.self_attn.q_proj";
        var wideFirst = Merged(Adapter(config => config["alpha_pattern"] = new JsonObject { [Wide] = 1, [Narrow] = 64 }));
        var narrowFirst = Merged(Adapter(config => config["alpha_pattern"] = new JsonObject { [Narrow] = 64, [Wide] = 1 }));
        Assert.Equal(Merged(Adapter(config => config["alpha_pattern"] = new JsonObject { [Wide] = 1 })), wideFirst);
        Assert.Equal(Merged(Adapter(config => config["alpha_pattern"] = new JsonObject { [Narrow] = 64 })), narrowFirst);
        Assert.NotEqual(wideFirst, narrowFirst);
    }

    [Fact]
    public void Adapters_side_by_side_have_room_for_the_ranks_of_their_patterns()
    {
        var adapter = Adapter(config =>
        {
            config["r"] = 1;
            config["lora_alpha"] = (double)config["lora_alpha"]! / 4;
            config["rank_pattern"] = new JsonObject { [".*"] = 4 };
            config["alpha_pattern"] = new JsonObject { [".*"] = config["lora_alpha"]!.GetValue<double>() * 4 };
        });
        var rank = AdapterCombination.Run([adapter, adapter], folder.File("joined"), new("cat", [0.5, 0.5]));
        Assert.Equal(8, rank);
        Assert.Equal(Merged(adapter).Length, Merged(folder.File("joined")).Length);
        Assert.All(Merged(adapter).Zip(Merged(folder.File("joined"))), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void An_adapter_without_tensors_is_refused()
    {
        var adapter = Adapter(_ => { });
        byte[] nothing = [2, 0, 0, 0, 0, 0, 0, 0, .. "{}"u8];
        File.WriteAllBytes(Path.Combine(adapter, "adapter_model.safetensors"), nothing);
        Assert.Contains("holds no tensor", Refusal($"{Base}+{adapter}"), StringComparison.Ordinal);
        using var model = Checkpoint.Open(Base);
        Assert.Contains("holds no factors", Assert.Throws<ModelFormatException>(
            () => Majlis.Model.Adapters.LowRankAdapter.Open(adapter, model.Blueprint)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_module_is_named()
    {
        var adapter = Adapter(_ => { });
        var file = Path.Combine(adapter, "adapter_model.safetensors");
        var bytes = File.ReadAllBytes(file);
        var at = bytes.AsSpan().IndexOf("layers.0.self_attn.q_proj.lora_A"u8);
        Assert.True(at > 0);
        "layers.0.self_attn.x_proj.lora_B"u8.CopyTo(bytes.AsSpan(at));
        File.WriteAllBytes(file, bytes);
        Assert.Contains("_proj has lora_B but no lora_A", Refusal($"{Base}+{adapter}"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_adapter_that_waits_for_its_invocation_is_refused_by_name()
    {
        Assert.NotEmpty(Merged(Adapter(config => config["alora_invocation_tokens"] = null)));
        var adapter = Adapter(config => config["alora_invocation_tokens"] = new JsonArray(5, 6));
        Assert.Contains("adapter_config.json: alora_invocation_tokens is [5,6]", Refusal($"{Base}+{adapter}"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_plus_in_a_folders_name_is_no_adapter()
    {
        var adapter = Adapter(_ => { });
        var expected = Merged(adapter);
        var (model, moved) = (Copy(Base, "a+b"), Copy(adapter, "c+d"));
        Assert.Equal(expected, Merged($"{model}+{adapter}", whole: true));
        Assert.Equal(expected, Merged($"{model}+{moved}", whole: true));
        Assert.Contains("there is no model", Refusal($"{model}x+{adapter}"), StringComparison.Ordinal);
        Assert.Contains("there is no adapter", Refusal($"{model}+{adapter}+{adapter}"), StringComparison.Ordinal);
    }

    /// <summary>A copy of the stored adapter with a changed configuration.</summary>
    string Adapter(Action<JsonObject> change)
    {
        var copy = Copy(Path.Combine(Root, "r4_all"), $"adapter-{++adapters}");
        var path = Path.Combine(copy, "adapter_config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(config);
        File.WriteAllText(path, config.ToJsonString(), new UTF8Encoding(false));
        return copy;
    }

    string Copy(string from, string name)
    {
        var to = Directory.CreateDirectory(folder.File(name)).FullName;
        foreach (var file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        return to;
    }

    static double[] Merged(string adapter, bool whole = false)
    {
        using var plan = Plan(whole ? adapter : $"{Base}+{adapter}");
        var values = new List<double>();
        var tensor = plan.Tensors.Single(each => each.Name == Tensor);
        plan.Method.Merge(tensor, piece => values.AddRange(piece));
        return [.. values];
    }

    static string Refusal(string model)
    {
        var refusal = Record.Exception(() => Plan(model).Dispose());
        Assert.True(refusal is MergeRecipeException or ModelFormatException, $"{refusal}");
        return refusal.Message;
    }

    static MergePlan Plan(string model) =>
        MergePlan.Create(MergeRecipe.Parse($"merge_method: linear\nmodels:\n- model: {model}\n  parameters: {{weight: 1.0}}\n"), "");
}
