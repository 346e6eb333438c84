// The pointer to the served version, shared by Trainer and Server. Knows names only.
using System.Text.Json.Serialization;

namespace Majlis.Model.Catalog;

/// <summary>
/// The content of state.json. <paramref name="Generation"/> grows by one with each swap; <paramref name="Share"/> of the traffic, 0 to 1,
/// goes to <paramref name="Candidate"/>. An empty catalogue is generation 0 with nulls.
/// </summary>
public sealed record CatalogState(long Generation, string? Current, string? Previous, string? Candidate, double Share)
{
    public static CatalogState Empty { get; } = new(0, null, null, null, 0);

    /// <summary>The versions that the pointer names.</summary>
    [JsonIgnore]
    public IEnumerable<string> Named => new[] { Current, Previous, Candidate }.OfType<string>();

    /// <summary>The pointer while a share of the traffic tries a version.</summary>
    public CatalogState Try(string version, double share) => this with { Candidate = version, Share = share };

    /// <summary>The pointer without a version that is tried.</summary>
    public CatalogState EndTrial() => this with { Candidate = null, Share = 0 };

    /// <summary>The pointer after a promotion: the current version becomes the previous one.</summary>
    public CatalogState Promote(string version) => this with { Current = version, Previous = Current, Candidate = null, Share = 0 };

    /// <summary>
    /// The pointer after a rollback. Behind the first promotion it names no version: servers go back to the model that they were started
    /// with, and a second rollback undoes the first.
    /// </summary>
    /// <exception cref="InvalidOperationException">Nothing was ever promoted.</exception>
    public CatalogState RollBack() => Current is null && Previous is null
        ? throw new InvalidOperationException("There is no previous version to roll back to.")
        : this with { Current = Previous, Previous = Current, Candidate = null, Share = 0 };
}
