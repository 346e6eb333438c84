// A move of the catalogue's pointer: who moved it, when, from which version to which, and why. Knows no store.
using System.Security.Cryptography;

namespace Majlis.Model.Catalog;

/// <summary>Who moves the pointer, and why.</summary>
/// <param name="By">A key's name, or the process or person on the command line.</param>
/// <param name="Action"><see cref="Promote"/> or <see cref="Rollback"/>.</param>
public sealed record MoveNote(string By, string Action, string? Reason = null)
{
    public const string Promote = "promote";
    public const string Rollback = "rollback";
}

/// <summary>The audit record of one move.</summary>
/// <param name="From">Null where nothing was promoted before.</param>
/// <param name="Generation">The pointer's generation after the move.</param>
public sealed record CatalogMove(DateTimeOffset At, string By, string Action, string? From, string? To, long Generation, string? Reason);

/// <summary>A move as it lies in the catalogue's folder until it is kept in the store.</summary>
/// <param name="Id">Made of the content, so that a move kept twice is one record.</param>
public sealed record WaitingMove(string Id, CatalogMove Move, ReadOnlyMemory<byte> Json)
{
    const int IdBytes = 12;

    internal static WaitingMove Of(CatalogMove move, byte[] json) =>
        new($"move_{Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, IdBytes))}", move, json);
}
