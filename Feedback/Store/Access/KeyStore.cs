// Keys and invitations in the store, which every replica shares. Every change raises a version, so that replicas poll one number, and
// leaves an audit record in the same step. Knows no request.
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using StackExchange.Redis;

namespace Majlis.Feedback.Store.Access;

public sealed class KeyStore(RedisConnection connection)
{
    /// <summary>The changes of keys, each a <see cref="KeyChange"/>.</summary>
    public AuditStream Audit => new(connection, AccessNames.AuditRecords, AccessNames.AuditOrder);

    /// <summary>The secret of this store; made where there is none.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away.</exception>
    public async Task<AccessSecret> SecretAsync() => Secret((byte[])(await connection.WriteAsync(AccessScripts.Secret,
        [AccessNames.Secret], [RandomNumberGenerator.GetBytes(AccessSecret.Bytes)], insist: false))!)!;

    /// <summary>Keeps a key durably. Gives false where its name is taken.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away or not durable; the key may be kept all the same.</exception>
    public async Task<bool> AddAsync(AccessKey key, KeyNote note)
    {
        var change = KeyChange.Of(key, KeyChange.Add, key.Created, note);
        return (int)await connection.WriteAsync(AccessScripts.Add,
            [AccessNames.Names, AccessNames.Keys, AccessNames.Version, AccessNames.AuditRecords, AccessNames.AuditOrder],
            [
                key.Name, key.Id, JsonSerializer.SerializeToUtf8Bytes(key, FeedbackJson.Default.AccessKey),
                change.Id, change.At.ToUnixTimeMilliseconds(), change.ToJson(),
            ], insist: true) == 1;
    }

    /// <summary>Revokes the key or invitation of that name for good. Gives false where there is none.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away; it may be revoked all the same.</exception>
    public async Task<bool> RevokeAsync(string name, DateTimeOffset now, KeyNote note)
    {
        // Whoever revoked it meanwhile may have given its name to another key, which is then meant.
        while (await FindAsync(name) is { } key)
        {
            var change = KeyChange.Of(key, KeyChange.Revoke, now, note);
            var done = (int)await connection.WriteAsync(AccessScripts.Revoke,
                [AccessNames.Names, AccessNames.Revoked, AccessNames.Version, AccessNames.AuditRecords, AccessNames.AuditOrder],
                [name, key.Id, now.ToUnixTimeMilliseconds(), change.Id, change.ToJson()], insist: false) == 1;
            if (done) return true;
        }
        return false;
    }

    /// <summary>Takes one use of an invitation. Gives false where none is left or it is revoked.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away; the use may be taken all the same.</exception>
    public async Task<bool> UseAsync(AccessKey invitation) => (int)await connection.WriteAsync(AccessScripts.Use,
        [AccessNames.Revoked, AccessNames.Used, AccessNames.Version], [invitation.Id, invitation.Uses ?? 0], insist: false) == 1;

    /// <summary>A number that rises with every change; 0 before the first.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away.</exception>
    public async Task<long> VersionAsync() =>
        (long?)await connection.ReadAsync(database => database.StringGetAsync(AccessNames.Version)) ?? 0;

    /// <summary>All keys and invitations, those revoked too.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away.</exception>
    /// <exception cref="CorruptRecordException">A stored key cannot be read.</exception>
    public async Task<AccessKeys> ReadAsync()
    {
        // The version first: a change while the rest is read is then seen by the next look.
        var version = await VersionAsync();
        var secret = await connection.ReadAsync(database => database.StringGetAsync(AccessNames.Secret));
        var keys = await connection.ReadAsync(database => database.HashGetAllAsync(AccessNames.Keys));
        var revoked = await connection.ReadAsync(database => database.HashGetAllAsync(AccessNames.Revoked));
        var used = await connection.ReadAsync(database => database.HashGetAllAsync(AccessNames.Used));
        return new(version, Secret((byte[]?)secret), keys.Select(Key).ToDictionary(key => key.Id),
            revoked.ToDictionary(entry => (string)entry.Name!, entry => DateTimeOffset.FromUnixTimeMilliseconds((long)entry.Value)),
            used.ToDictionary(entry => (string)entry.Name!, entry => (int)entry.Value));
    }

    /// <summary>The key of that name. A name that a crash left without its key is one without a role, so that it can be given up.</summary>
    async Task<AccessKey?> FindAsync(string name)
    {
        var id = await connection.ReadAsync(database => database.HashGetAsync(AccessNames.Names, name));
        if (id.IsNull) return null;
        var json = await connection.ReadAsync(database => database.HashGetAsync(AccessNames.Keys, id));
        return json.IsNull ? new((string)id!, name, "", "", DateTimeOffset.UnixEpoch, null) : Key(new HashEntry(id, json));
    }

    static AccessSecret? Secret(byte[]? bytes) => bytes is null ? null : bytes.Length == AccessSecret.Bytes ? new(bytes)
        : throw new CorruptRecordException(AccessNames.Secret.ToString(),
            string.Create(CultureInfo.InvariantCulture, $"{AccessSecret.Bytes} bytes were expected"));

    static AccessKey Key(HashEntry entry)
    {
        try
        {
            return JsonSerializer.Deserialize((byte[])entry.Value!, FeedbackJson.Default.AccessKey)!;
        }
        catch (JsonException error)
        {
            throw new CorruptRecordException($"of the key '{entry.Name}'", $"its JSON does not fit: {error.Message}");
        }
    }
}
