// An adapter of nothing but low-rank factors, held in memory. Knows no base model.
using System.Text.Json;
using Majlis.Model.Adapters;
using Majlis.Model.Weights;
using Majlis.Text;

namespace Majlis.Merge.Adapters;

/// <summary>A module's factors, A [rank, columns] and B [rows, rank], and what their product is multiplied by.</summary>
sealed record PlainModule(int Rank, double[] A, double[] B, double Scale)
{
    public int Rows => B.Length / Rank;

    public int Columns => A.Length / Rank;

    /// <summary>scale B A, [rows, columns].</summary>
    public double[] Change()
    {
        var change = new double[Rows * Columns];
        new LowRankSum(B, A, Columns, Scale).AddTo(0, change);
        return change;
    }
}

/// <param name="Model">The base's name as the adapter has it.</param>
/// <param name="Rank">The config's.</param>
/// <param name="Modules">By their names.</param>
sealed record PlainAdapter(string Model, int Rank, IReadOnlyDictionary<string, PlainModule> Modules)
{
    /// <exception cref="MergeRecipeException">It holds more than factors of linear modules; names file and tensor.</exception>
    /// <exception cref="ModelFormatException">A file cannot be read.</exception>
    public static PlainAdapter Read(string folder)
    {
        var (configPath, path) = (Path.Combine(folder, AdapterConfig.FileName), Path.Combine(folder, AdapterFile.FileName));
        foreach (var needed in new[] { configPath, path })
            if (!File.Exists(needed)) throw new MergeRecipeException($"there is no adapter: {needed} is missing");
        var config = AdapterConfig.Read(configPath);
        if (config.Start != AdapterStart.Nothing)
            throw new MergeRecipeException($"{configPath}: init_lora_weights took a part of the base away, which no combination keeps");
        using var file = SafetensorsFile.Open(path);
        var parts = new AdapterFile(path, config, file.Tensors.Keys);
        if (parts.Whole.Values.FirstOrDefault() is { } whole)
            throw new MergeRecipeException($"{path}: {whole} is trained as a whole; only low-rank factors can be combined");
        return new PlainAdapter(ModelOf(configPath), config.Rank, parts.Modules.ToDictionary(module => module.Key,
            module => Module(file, module.Value, config)));
    }

    static PlainModule Module(SafetensorsFile file, AdapterModule module, AdapterConfig config)
    {
        if (module.IsEmbedding || module.Magnitude is not null)
            throw new MergeRecipeException($"{file.Path}: {module.Name} is {(module.IsEmbedding ? "an embedding" : "a DoRA module")}; "
                + "only plain factors of linear modules can be combined");
        if (module.A is null || module.B is null)
            throw new MergeRecipeException(
                $"{file.Path}: {module.Name} has {(module.A is null ? "lora_B but no lora_A" : "lora_A but no lora_B")}");
        var (a, b, rank) = (file.Tensors[module.A].Shape, file.Tensors[module.B].Shape, config.RankOf(module.Name));
        if (a is not [var ofA, _] || b is not [_, var ofB] || ofA != rank || ofB != rank)
            throw new MergeRecipeException($"{file.Path}: {module.Name} has factors [{string.Join(", ", a)}] and [{string.Join(", ", b)}], "
                + $"which do not fit the config's rank {rank}");
        return new PlainModule(rank, Values(file, module.A), Values(file, module.B), config.ScaleOf(module.Name));
    }

    static double[] Values(SafetensorsFile file, string name)
    {
        var values = new float[file.Tensors[name].Elements];
        file.Read(name, 0, values);
        return Array.ConvertAll(values, value => (double)value);
    }

    static string ModelOf(string config)
    {
        using var json = ModelJson.Read(config);
        return json.RootElement.TryGetProperty("base_model_name_or_path", out var name) && name.ValueKind == JsonValueKind.String
            ? name.GetString()! : "";
    }
}
