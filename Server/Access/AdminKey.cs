// The first admin key, from the environment or a mounted file, so that a container needs no command to be reached. Knows no store.
using System.Security.Cryptography;
using System.Text;
using Majlis.Feedback.Store;
using Majlis.Feedback.Store.Access;

namespace Majlis.Server.Access;

/// <param name="Text">From the environment; null = none.</param>
/// <param name="File">A file that holds it and nothing else; null = none.</param>
public sealed record AdminKey(string? Text, string? File)
{
    /// <summary>The environment variable that holds it.</summary>
    public const string Variable = "MAJLIS_ADMIN_KEY";

    /// <summary>The name under which its holder appears in logs and in the audit.</summary>
    public const string Name = "admin";

    /// <summary>Shorter ones could be guessed.</summary>
    const int Shortest = 20;

    /// <summary>All that is wrong with it, a line each; no line repeats the key.</summary>
    public IEnumerable<string> Problems()
    {
        if (File is not null && Text is not null) yield return $"--admin-key-file: {Variable} is set as well; give one of them.";
        if (File is not null && SecretFile.Problem(File, "the key") is { } unreadable)
            yield return $"--admin-key-file: '{File}' {unreadable}.";
        else if (Secret() is { } key && (key.Length < Shortest || !KeyText.IsToken(key)))
            yield return $"{(File is null ? Variable : "--admin-key-file")}: {Shortest} to {KeyText.Longest} letters, digits and -._~+/= "
                + "are expected, such as 'openssl rand -hex 32' prints.";
    }

    /// <summary>The key as others in memory; null where none is given. Another key gets another id, so that sessions end with it.</summary>
    public AccessKey? Read() => Secret() is { } key
        ? new AccessKey($"{Name}-{Fingerprint(key)[..12]}", Name, Roles.Admin, "", DateTimeOffset.UnixEpoch, null) : null;

    /// <summary>Whether the text is this key, in a time that does not tell how much of it fits.</summary>
    public bool Fits(string text) => Secret() is { } key && CryptographicOperations.FixedTimeEquals(Digest(key), Digest(text));

    public override string ToString() => $"{nameof(AdminKey)} {{ }}";

    string? Secret() => secret ??= File is null ? Text : SecretFile.Read(File);

    string? secret;

    static string Fingerprint(string key) => Convert.ToHexStringLower(Digest($"id:{key}"));

    static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
