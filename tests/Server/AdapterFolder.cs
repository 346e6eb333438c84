// Adapters in peft's format on disk, with numbers from a formula.
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Model.Adapters;
using Majlis.Trainer.Optimization;

namespace Majlis.tests.Server;

static class AdapterFolder
{
    /// <summary>Writes an adapter of the query and down projections of a model, and gives its folder.</summary>
    public static string Write(string folder, string model, float strength, int rank = 2)
    {
        Directory.CreateDirectory(folder);
        using var checkpoint = Checkpoint.Open(model);
        var projections = checkpoint.Blueprint.Layers.SelectMany(layer => new[] { layer.Attention.Query, layer.Mlp.Down });
        TensorFile.Write(Path.Combine(folder, LowRankAdapter.FileName), projections.SelectMany(projection => new[]
        {
            Tensor(projection, "A", rank, projection.Inputs, 1),
            Tensor(projection, "B", projection.Outputs, rank, strength),
        }));
        File.WriteAllText(Path.Combine(folder, AdapterConfig.FileName), new JsonObject
        {
            ["peft_type"] = "LORA",
            ["r"] = rank,
            ["lora_alpha"] = rank,
            ["target_modules"] = new JsonArray("q_proj", "down_proj"),
        }.ToJsonString());
        return folder;
    }

    static (string, long[], float[]) Tensor(Projection projection, string factor, int rows, int columns, float strength) =>
        ($"base_model.model.{projection.Module}.lora_{factor}.weight", [rows, columns],
            [.. Enumerable.Range(0, rows * columns)
                .Select(index => strength * MathF.Sin(index * 3.7f + projection.Module.Length + strength))]);
}
