// A version's record: its parents, its recipe, and the hash of every file. Written once, never edited.
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Majlis.Model.Catalog;

/// <summary>
/// The content of manifest.json. The catalogue fills in <see cref="Files"/>, <see cref="WeightsHash"/> and <see cref="Created"/>
/// when it commits the version.
/// </summary>
public sealed record Manifest
{
    public required string Id { get; init; }

    /// <summary>Versions (or hashes of base weights) it was made from.</summary>
    public ImmutableArray<string> Parents { get; init; } = [];

    /// <summary>How the weights were made: training stages, merge recipe.</summary>
    public JsonElement? Recipe { get; init; }

    /// <summary>
    /// The adapters that make its first parent's weights its own, each in a folder below adapters/; null where none are kept.
    /// </summary>
    public IReadOnlyList<WeightedAdapter>? Adapters { get; init; }

    /// <summary>Ids of the votes it was trained on.</summary>
    public ImmutableArray<string> Votes { get; init; } = [];

    public JsonElement? Options { get; init; }

    public long Seed { get; init; }

    /// <summary>Path inside the version's folder, with forward slashes, to sha256 in lower-case hex.</summary>
    public ImmutableSortedDictionary<string, string> Files { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>sha256 over the bytes of serve/'s weight files, as Checkpoint.WeightsHash computes it.</summary>
    public string WeightsHash { get; init; } = "";

    /// <summary>The gate's verdict with its scores and policy.</summary>
    public JsonElement? Gate { get; init; }

    public DateTimeOffset Created { get; init; }

    /// <summary>Whether a gate judged the version and did not promote it.</summary>
    [JsonIgnore]
    public bool WasRefused => Gate is { ValueKind: JsonValueKind.Object } gate && gate.TryGetProperty("decision", out var decision)
        && decision.ToString() != "Promote";

    /// <summary>A field without a value, which a damaged file may have in spite of its type; null if all have values.</summary>
    [JsonIgnore]
    internal string? Lack => Parents.IsDefault || Parents.Any(parent => parent is null) ? "parents"
        : Votes.IsDefault || Votes.Any(vote => vote is null) ? "votes"
        : Adapters?.Any(adapter => adapter is not { Name: not null }) == true ? "adapters"
        : Files?.Values.All(hash => hash is not null) != true ? "files"
        : WeightsHash is null ? "weights_hash" : null;
}

/// <summary>An expert's adapter in a version.</summary>
/// <param name="Name">Of the expert, and of its folder.</param>
/// <param name="Weight">How much it counts in the merge.</param>
public sealed record WeightedAdapter(string Name, double Weight);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Manifest))]
[JsonSerializable(typeof(CatalogState))]
[JsonSerializable(typeof(CatalogMove))]
sealed partial class CatalogJson : JsonSerializerContext;
