// A recipe's values as they were written, JSON and YAML alike: texts, lists and members with their lines. Knows no option and no type.
using System.Text.Json;
using Majlis.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Majlis.Trainer.Recipes;

/// <param name="Line">Counted from 1.</param>
/// <param name="Text">Of a scalar; null for a list or an object.</param>
/// <param name="IsQuoted">Whether the scalar can only be a text.</param>
/// <param name="Items">Of a list.</param>
/// <param name="Members">Of an object, in order.</param>
sealed record RecipeValue(int Line, string? Text = null, bool IsQuoted = false, IReadOnlyList<RecipeValue>? Items = null,
    IReadOnlyList<(string Name, RecipeValue Value)>? Members = null)
{
    static readonly JsonReaderOptions lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public bool IsNull => Text is not null && !IsQuoted && Text is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>How messages name the value.</summary>
    public string Written => Items is not null ? "a list" : Members is not null ? "an object" : IsQuoted ? $"the text \"{Text}\""
        : IsNull ? "null" : $"'{Text}'";

    /// <summary>A file's content: JSON where it begins with a brace, else YAML.</summary>
    /// <exception cref="ModelFormatException">Neither; names the file and the line.</exception>
    public static RecipeValue Read(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            return bytes.AsSpan().TrimStart(" \t\r\n\uFEFF"u8) is [(byte)'{', ..] && !IsYaml(path) ? Json(bytes, path) : Yaml(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException($"{path}: {error.Message}", error);
        }
    }

    static bool IsYaml(string path) => Path.GetExtension(path).ToLowerInvariant() is ".yml" or ".yaml";

    static RecipeValue Json(byte[] bytes, string path)
    {
        var reader = new Utf8JsonReader(bytes, lenient);
        try
        {
            reader.Read();
            var root = Value(ref reader, bytes, path);
            while (reader.Read()) { }
            return root;
        }
        catch (JsonException damage)
        {
            throw new ModelFormatException($"{path}: {JsonDamage.Of(damage)}", damage);
        }
    }

    static RecipeValue Value(ref Utf8JsonReader reader, byte[] bytes, string path)
    {
        var line = 1 + bytes.AsSpan(0, (int)reader.TokenStartIndex).Count((byte)'\n');
        switch (reader.TokenType)
        {
            case JsonTokenType.StartArray:
                var items = new List<RecipeValue>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(Value(ref reader, bytes, path));
                return new RecipeValue(line, Items: items);
            case JsonTokenType.StartObject:
                var members = new List<(string, RecipeValue)>();
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var name = reader.GetString()!;
                    reader.Read();
                    members.Add((name, Value(ref reader, bytes, path)));
                }
                return Object(line, members, path);
            case JsonTokenType.String:
                return new RecipeValue(line, reader.GetString(), IsQuoted: true);
            default:
                return new RecipeValue(line, System.Text.Encoding.UTF8.GetString(reader.ValueSpan));
        }
    }

    static RecipeValue Yaml(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            var stream = new YamlStream();
            stream.Load(reader);
            return stream.Documents is [var only] ? Value(only.RootNode, path, [])
                : throw new ModelFormatException($"{path}: expected one YAML document, not {stream.Documents.Count}.");
        }
        catch (YamlException damage)
        {
            throw new ModelFormatException($"{path} line {damage.Start.Line}: not YAML: {damage.Message}", damage);
        }
    }

    /// <param name="node">What to read.</param>
    /// <param name="path">For messages.</param>
    /// <param name="around">The lists and objects that it stands in: an alias may name one of them.</param>
    static RecipeValue Value(YamlNode node, string path, Stack<YamlNode> around)
    {
        var line = (int)node.Start.Line;
        if (around.Any(outer => ReferenceEquals(outer, node)))
            throw new ModelFormatException($"{path} line {line}: an alias stands inside what it names.");
        around.Push(node);
        var value = node switch
        {
            YamlScalarNode scalar => new RecipeValue(line, scalar.Value ?? "", scalar.Style is not ScalarStyle.Plain),
            YamlSequenceNode list => new RecipeValue(line, Items: [.. list.Children.Select(item => Value(item, path, around))]),
            YamlMappingNode map => Object(
                line, [.. map.Children.Select(member => (Name(member.Key, path), Value(member.Value, path, around)))], path),
            _ => throw new ModelFormatException($"{path} line {line}: an alias is not expected here."),
        };
        around.Pop();
        return value;
    }

    static string Name(YamlNode key, string path) => key is YamlScalarNode { Value: { } name } ? name
        : throw new ModelFormatException($"{path} line {key.Start.Line}: a key that is no text.");

    static RecipeValue Object(int line, IReadOnlyList<(string Name, RecipeValue Value)> members, string path) =>
        members.GroupBy(member => member.Name).FirstOrDefault(same => same.Count() > 1) is not { } twice
            ? new RecipeValue(line, Members: members)
            : throw new ModelFormatException($"{path} line {twice.Last().Value.Line}: {twice.Key} is there twice.");
}
