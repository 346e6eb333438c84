// Whether a text is a valid key or invitation. A known one is found in memory, whatever else comes from its address; others cost a look
// into the store and a try of their address. Knows no header and no endpoint.
using System.Net;
using Majlis.Feedback.Store.Access;
using Majlis.Server.Arena;
using Majlis.Server.Wire;

namespace Majlis.Server.Access;

/// <summary>A valid key, or why the text is none.</summary>
readonly record struct KeyVerdict(AccessKey? Key, ApiError? Error);

sealed class KeyCheck(KeyRing ring, WrongKeyLimit wrong)
{
    /// <summary>The purpose under which keys are hashed.</summary>
    public const string Purpose = "key";

    /// <param name="kind">One of <see cref="KeyText"/>'s.</param>
    /// <param name="from">Whom to slow down where the text is wrong.</param>
    public async Task<KeyVerdict> CheckAsync(string kind, string text, IPAddress? from)
    {
        if (kind == KeyText.Key && ring.Admin(text) is { } admin) return new(admin, null);
        if (Known(kind, text) is { Key: not null } known) return known;
        var address = Rater.Network(from);
        if (wrong.Take(address) is { } wait) return new(null, ApiError.TooManyWrongKeys((int)Math.Ceiling(wait.TotalSeconds)));
        // A key made a moment ago is not known yet.
        var away = await ring.LookAsync();
        var verdict = Known(kind, text);
        if (verdict.Key is not null) wrong.GiveBack(address);
        else if (away is not null && verdict.Error is { Code: "invalid_api_key" })
        {
            wrong.GiveBack(address);
            return new(null, ApiError.KeysAway());
        }
        return verdict;
    }

    KeyVerdict Known(string kind, string text)
    {
        if (ring.Keys is not { } keys) return new(null, ApiError.WrongKey());
        var found = KeyText.IdOf(kind, text) is { } id ? keys.ById.GetValueOrDefault(id) : null;
        // An unknown id takes as long as a wrong secret.
        var fits = keys.Secret?.Fits(found?.Hash ?? new string('0', 2 * AccessSecret.Bytes), Purpose, text) ?? false;
        if (!fits || found is null) return new(null, ApiError.WrongKey());
        if (keys.Revoked.ContainsKey(found.Id)) return new(null, ApiError.RevokedKey(found.Name));
        return ring.IsAlive(found) ? new(found, null) : new(null, ApiError.ExpiredKey(found.Name, found.Expires!.Value));
    }
}
