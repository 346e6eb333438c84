// The audit record of a change of keys: who made or revoked which key or invitation, when, and why. Holds neither a key nor its hash.
using System.Text.Json;

namespace Majlis.Feedback.Store.Access;

/// <summary>Who changes keys, and why.</summary>
/// <param name="By">A person on the command line, or the process that made the key by itself.</param>
public sealed record KeyNote(string By, string? Reason = null);

/// <param name="Action"><see cref="Add"/> or <see cref="Revoke"/>.</param>
/// <param name="Key">The id of the key or invitation.</param>
/// <param name="Expires">Of the key; null: never.</param>
/// <param name="Uses">How many sessions an invitation opens in all; null for a key.</param>
public sealed record KeyChange(DateTimeOffset At, string By, string Action, string Key, string Name, string Role, DateTimeOffset? Expires,
    int? Uses, string? Reason)
{
    public const string Add = "add";
    public const string Revoke = "revoke";

    /// <summary>Made of the change, so that one kept twice is one record.</summary>
    internal string Id => $"{Action}_{Key}";

    /// <summary>Reads a record as <see cref="AuditEntry.Json"/> holds it.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static KeyChange Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, FeedbackJson.Default.KeyChange)!;

    internal static KeyChange Of(AccessKey key, string action, DateTimeOffset at, KeyNote note) =>
        new(at, note.By, action, key.Id, key.Name, key.Role, key.Expires, key.Uses, note.Reason);

    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, FeedbackJson.Default.KeyChange);
}
