// The audit record of a change of access: who made or revoked which key or invitation, or erased which voter, when, and why. Holds neither
// a key nor its hash, and nothing of what was erased.
using System.Text.Json;

namespace Majlis.Feedback.Store.Access;

/// <summary>Who changes keys, and why.</summary>
/// <param name="By">A person on the command line, or the process that made the key by itself.</param>
public sealed record KeyNote(string By, string? Reason = null);

/// <param name="Action"><see cref="Add"/>, <see cref="Revoke"/> or <see cref="Erase"/>.</param>
/// <param name="Key">The id of the key or invitation; of an erasure the voter's id.</param>
/// <param name="Name">Of the key; empty for an erasure, as <paramref name="Role"/> is.</param>
/// <param name="Expires">Of the key; null: never.</param>
/// <param name="Uses">How many sessions an invitation opens in all; null for a key.</param>
public sealed record KeyChange(DateTimeOffset At, string By, string Action, string Key, string Name, string Role, DateTimeOffset? Expires,
    int? Uses, string? Reason)
{
    public const string Add = "add";
    public const string Revoke = "revoke";
    public const string Erase = "erase";

    /// <summary>Made of the change, so that one kept twice is one record. A voter can be erased again.</summary>
    internal string Id => Action == Erase ? $"{Action}_{Key}_{At.ToUnixTimeMilliseconds()}" : $"{Action}_{Key}";

    /// <summary>Reads a record as <see cref="AuditEntry.Json"/> holds it.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static KeyChange Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, FeedbackJson.Default.KeyChange)!;

    internal static KeyChange Of(AccessKey key, string action, DateTimeOffset at, KeyNote note) =>
        new(at, note.By, action, key.Id, key.Name, key.Role, key.Expires, key.Uses, note.Reason);

    internal static KeyChange OfVoter(string voter, DateTimeOffset at, KeyNote note) =>
        new(at, note.By, Erase, voter, "", "", null, null, note.Reason);

    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, FeedbackJson.Default.KeyChange);
}
