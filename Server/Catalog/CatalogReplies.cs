// The shapes of the catalogue's replies. Data only.
using System.Text.Json;
using Majlis.Model.Catalog;

namespace Majlis.Server.Catalog;

/// <param name="State"><c>current</c>, <c>previous</c>, <c>candidate</c>, <c>kept</c>, or <c>pruned</c>: the manifest alone is left.
/// </param>
/// <param name="Votes">How many votes it was trained on.</param>
/// <param name="ErasedVotes">How many of them were erased since; null where the vote store does not answer.</param>
/// <param name="ErasedAncestors">Versions it was made from that were trained on votes erased since.</param>
/// <param name="Share">Of the traffic that tries it; null where none does.</param>
/// <param name="Adapters">The experts whose adapters it keeps, each with its weight in the merge; null where it keeps none.</param>
/// <param name="Gate">The gate's verdict, as the manifest has it.</param>
/// <param name="Options">The round's options, as the manifest has them.</param>
sealed record VersionCard(string Id, string Object, long CreatedAt, string State, IReadOnlyList<string> Parents, string WeightsHash,
    int Votes, int? ErasedVotes, IReadOnlyList<string>? ErasedAncestors, double? Share,
    IReadOnlyList<WeightedAdapter>? Adapters, JsonElement? Gate, JsonElement? Options, long Seed);

/// <summary>The pointer.</summary>
/// <param name="Candidate">The version that is tried.</param>
/// <param name="Share">Of the traffic that it answers.</param>
sealed record PointerReply(string Object, long Generation, string? Current, string? Previous, string? Candidate, double Share);

/// <summary>One audit record.</summary>
sealed record MoveReply(string Id, string Object, long CreatedAt, string By, string Action, string? From, string? To, long Generation,
    string? Reason, double? Share);
