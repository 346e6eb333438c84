// The keys of a file's own architecture: 'block_count' means 'llama.block_count' in a llama file.
using Majlis.Text;

namespace Majlis.Model.Weights.Gguf;

sealed class GgufKeys(GgufFile file)
{
    readonly string architecture = file.Text("general.architecture") ?? "";

    public string Name(string key) => $"{architecture}.{key}";

    public int? Integer(string key) => file.Integer(Name(key)) switch
    {
        null => null,
        >= 0 and <= int.MaxValue and var value => (int)value,
        var value => throw new ModelFormatException($"{file.Path}: key '{Name(key)}' is {value}, which is out of range."),
    };

    public double? Number(string key) => file.Number(Name(key));

    public string? Text(string key) => file.Text(Name(key));

    public int Needed(string key) => Integer(key) ?? throw Missing(key);

    public double NeededNumber(string key) => Number(key) ?? throw Missing(key);

    /// <summary>A count, given once or for each layer; layers with different counts are not supported.</summary>
    public int? SameInEveryLayer(string key)
    {
        if (!file.IsArray(Name(key))) return Integer(key) is 0 ? throw Zero(key) : Integer(key);
        return file.Integers(Name(key))!.Distinct().ToArray() is [> 0 and <= int.MaxValue and var count] ? (int)count
            : throw new ModelFormatException($"{file.Path}: key '{Name(key)}' differs between layers, which is not supported.");
    }

    ModelFormatException Zero(string key) => new($"{file.Path}: key '{Name(key)}' is 0.");

    ModelFormatException Missing(string key) => new($"{file.Path}: key '{Name(key)}' is missing.");
}
