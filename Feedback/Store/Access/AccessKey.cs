// A key or an invitation as the store keeps it: everything but the text that its holder shows. Knows no roles and no requests.
namespace Majlis.Feedback.Store.Access;

/// <param name="Id">Public: a part of the key's text, shown in lists and logs.</param>
/// <param name="Name">Whose it is. No two keys that are not revoked share a name.</param>
/// <param name="Role">The host's word for what its holder may do.</param>
/// <param name="Hash">Keyed hash (<see cref="AccessSecret"/>) of the whole text.</param>
/// <param name="Expires">From then on it is refused; null: never.</param>
public sealed record AccessKey(string Id, string Name, string Role, string Hash, DateTimeOffset Created, DateTimeOffset? Expires)
{
    /// <summary>Requests a minute; null: no limit of its own.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Requests at the same time; null: no limit of its own.</summary>
    public int? Concurrent { get; init; }

    /// <summary>How many sessions an invitation opens in all; null for a key.</summary>
    public int? Uses { get; init; }
}

/// <summary>All keys and invitations at one moment, by id.</summary>
/// <param name="Version">Rises with every change.</param>
/// <param name="Secret">Null while nothing was ever hashed.</param>
/// <param name="Revoked">When each revoked one was.</param>
/// <param name="Used">How many sessions each invitation has opened.</param>
public sealed record AccessKeys(long Version, AccessSecret? Secret, IReadOnlyDictionary<string, AccessKey> ById,
    IReadOnlyDictionary<string, DateTimeOffset> Revoked, IReadOnlyDictionary<string, int> Used);
