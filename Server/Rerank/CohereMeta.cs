// What Cohere's replies say of themselves. Data only.
using System.Text.Json.Serialization;

namespace Majlis.Server.Rerank;

sealed record CohereMeta(CohereVersion ApiVersion, CohereUnits BilledUnits)
{
    public static CohereMeta OfSearch(int units) => new(new("2"), new(null, units));

    public static CohereMeta OfTokens(int tokens) => new(new("2"), new(tokens, null));
}

sealed record CohereVersion(string Version);

sealed record CohereUnits(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? InputTokens,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? SearchUnits);
