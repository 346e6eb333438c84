// A YAML node that knows where it stands, so that every complaint names file, line and key. Knows nothing of merging.
using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Majlis.Merge;

sealed class RecipeNode(YamlNode node, string file)
{
    public bool IsList => node is YamlSequenceNode;

    public bool IsMapping => node is YamlMappingNode;

    public IReadOnlyList<RecipeNode> Items =>
        node is YamlSequenceNode list ? [.. list.Children.Select(child => new RecipeNode(child, file))] : throw Error("expected a list");

    public IReadOnlyList<string> Keys => [.. Mapping.Children.Keys.Select(key => ((YamlScalarNode)key).Value!)];

    YamlMappingNode Mapping => node as YamlMappingNode ?? throw Error("expected keys with values");

    public RecipeNode? Child(string key) =>
        Mapping.Children.TryGetValue(new YamlScalarNode(key), out var child) ? new RecipeNode(child, file) : null;

    public IReadOnlyList<RecipeNode> List(string key) => Child(key)?.Items ?? [];

    public string? Text(string key) => Child(key) is not { } child ? null : child.Scalar.Value;

    public double Number() =>
        double.TryParse(Scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number
            : throw Error($"'{Scalar.Value}' is not a finite number");

    /// <summary>YAML 1.1's words, which are those of mergekit's loader.</summary>
    public bool Flag() => Scalar.Value switch
    {
        "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => true,
        "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => false,
        var other => throw Error($"'{other}' is neither true nor false"),
    };

    public void RefuseOtherKeys(params IReadOnlyCollection<string> known)
    {
        if (Keys.FirstOrDefault(key => !known.Contains(key)) is { } stranger)
            throw Error($"'{stranger}' is not known here; known are {string.Join(", ", known)}");
    }

    public MergeRecipeException Error(string message) => new($"{file}, line {node.Start.Line}: {message}");

    YamlScalarNode Scalar => node as YamlScalarNode ?? throw Error("expected one value");
}
