// Tells the log which keys and invitations came and which were revoked, wherever that was done: by a command, or by another replica.
// Knows no store.
using Majlis.Feedback.Store.Access;

namespace Majlis.Server.Access;

static class KeyChanges
{
    /// <summary>One line a change between two moments.</summary>
    public static void Tell(ILogger log, AccessKeys before, AccessKeys now)
    {
        foreach (var key in now.ById.Values.Where(key => !before.ById.ContainsKey(key.Id)))
            log.KeyAdded(Kind(key), key.Name, key.Id, key.Role, key.Expires?.ToString("u") ?? "never");
        foreach (var id in now.Revoked.Keys.Where(id => !before.Revoked.ContainsKey(id)))
            if (now.ById.TryGetValue(id, out var key)) log.KeyRevoked(Kind(key), key.Name, id);
    }

    static string Kind(AccessKey key) => key.Uses is null ? "Key" : "Invitation";
}
