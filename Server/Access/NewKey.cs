// A new key or invitation: its text for the holder, its hash for the store. Knows no console and no command line.
using Majlis.Feedback.Store.Access;
using Majlis.Server.Access.Commands;
using Majlis.Server.Wire;

namespace Majlis.Server.Access;

/// <param name="Key">What the store keeps.</param>
/// <param name="Text">What only its holder has.</param>
sealed record NewKey(AccessKey Key, string Text)
{
    /// <exception cref="Feedback.Store.FeedbackUnavailableException">The store, which holds the hash's secret, is away.</exception>
    public static async Task<NewKey> MakeAsync(KeyWish wish, KeyStore store, IdSource ids, DateTimeOffset now)
    {
        var (id, text) = KeyText.Make(wish.Uses is null ? KeyText.Key : KeyText.Invitation, ids);
        var hash = (await store.SecretAsync()).Hash(KeyCheck.Purpose, text);
        return new NewKey(new AccessKey(id, wish.Name ?? $"invitation-{id}", wish.Role, hash, now, wish.Expires)
        {
            RequestsPerMinute = wish.RequestsPerMinute,
            Concurrent = wish.Concurrent,
            Uses = wish.Uses,
        }, text);
    }

    public override string ToString() => $"{nameof(NewKey)} {{ {Key.Id} }}";
}
