// Token ids as configs and GGUF keys name them. An id that the network has no logit for is none: it is passed over and kept in mind, so
// that a host can say so. Knows no vocabulary's texts.
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Majlis.Text;

namespace Majlis.Model;

sealed class NamedTokens(int vocabularySize)
{
    readonly List<string> ignored = [];

    /// <summary>What was passed over, such as "eos_token_id 4294967295".</summary>
    public ImmutableArray<string> Ignored => [.. ignored.Distinct()];

    /// <summary>The id, or null where there is none or no logit for it.</summary>
    public int? Known(string name, Int128? id)
    {
        if (id is null) return null;
        if (id >= 0 && id < vocabularySize) return (int)id;
        ignored.Add(string.Create(CultureInfo.InvariantCulture, $"{name} {id}"));
        return null;
    }

    /// <summary>A JSON field that holds an id or a list of ids; none where it is absent or null.</summary>
    /// <exception cref="ModelFormatException">It holds something else.</exception>
    public ImmutableArray<int> Read(JsonElement from, string field, string path)
    {
        if (!from.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null) return [];
        var listed = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToArray() : [value];
        return [.. listed.Select(item => Known(field, Whole(item)
            ?? throw new ModelFormatException($"{path}: '{field}' is no token id and no list of them."))).OfType<int>()];
    }

    static Int128? Whole(JsonElement value) => value.ValueKind == JsonValueKind.Number
        && Int128.TryParse(value.GetRawText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id) ? id : null;
}
