// A move of the catalogue's pointer: who moved it, when, from which version to which, and why. Knows no store.
using System.Security.Cryptography;

namespace Majlis.Model.Catalog;

/// <summary>Who moves the pointer, and why.</summary>
/// <param name="By">A key's name, or the process or person on the command line.</param>
/// <param name="Action">One of this record's words.</param>
public sealed record MoveNote(string By, string Action, string? Reason = null)
{
    public const string Promote = "promote";
    public const string Rollback = "rollback";

    /// <summary>A share of the traffic goes to a version.</summary>
    public const string Trial = "trial";

    public const string EndTrial = "end_trial";
}

/// <summary>The audit record of one move.</summary>
/// <param name="From">Null where nothing was promoted before; of a trial, the version that was tried before.</param>
/// <param name="To">Of a trial, the version that is tried from now on.</param>
/// <param name="Generation">The pointer's generation after the move.</param>
/// <param name="Share">Of the traffic, where a trial begins.</param>
public sealed record CatalogMove(DateTimeOffset At, string By, string Action, string? From, string? To, long Generation, string? Reason,
    double? Share = null);

/// <summary>A move as it lies in the catalogue's folder until it is kept in the store.</summary>
/// <param name="Id">Made of the content, so that a move kept twice is one record.</param>
public sealed record WaitingMove(string Id, CatalogMove Move, ReadOnlyMemory<byte> Json)
{
    const int IdBytes = 12;

    internal static WaitingMove Of(CatalogMove move, byte[] json) =>
        new($"move_{Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, IdBytes))}", move, json);
}
