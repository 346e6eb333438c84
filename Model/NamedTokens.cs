// Token ids as configs and GGUF keys name them. An id without a logit in the network counts as absent; it is recorded, so
// that a host can report it. Knows no vocabulary's texts.
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Majlis.Text;

namespace Majlis.Model;

sealed class NamedTokens(int vocabularySize)
{
    readonly List<string> ignored = [];

    /// <summary>The ids that were skipped, such as "eos_token_id 4294967295".</summary>
    public ImmutableArray<string> Ignored => [.. ignored.Distinct()];

    /// <summary>The id, or null if it is absent or has no logit.</summary>
    public int? Known(string name, Int128? id)
    {
        if (id is null) return null;
        if (id >= 0 && id < vocabularySize) return (int)id;
        ignored.Add(string.Create(CultureInfo.InvariantCulture, $"{name} {id}"));
        return null;
    }

    /// <summary>A JSON field that holds an id or a list of ids; none if it is absent or null.</summary>
    /// <exception cref="ModelFormatException">It holds another kind of value.</exception>
    public ImmutableArray<int> Read(JsonElement from, string field, string path)
    {
        if (!from.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null) return [];
        var listed = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToArray() : [value];
        return [.. listed.Select(item => Known(field, Whole(item)
            ?? throw new ModelFormatException($"{path}: '{field}' is not a token id or a list of them."))).OfType<int>()];
    }

    static Int128? Whole(JsonElement value) => value.ValueKind == JsonValueKind.Number
        && Int128.TryParse(value.GetRawText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id) ? id : null;
}
