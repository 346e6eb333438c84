// The secret under which keys are hashed, sessions signed and voters named. It lies in the store beside the hashes, so that every replica
// has it: keys hold over 230 random bits, so whoever reads the store learns no key with it. Knows no key.
using System.Security.Cryptography;
using System.Text;

namespace Majlis.Feedback.Store.Access;

public sealed class AccessSecret
{
    /// <summary>Bytes of the secret, and of a hash.</summary>
    public const int Bytes = 32;

    readonly byte[] secret;

    public AccessSecret(byte[] secret)
    {
        if (secret.Length != Bytes) throw new ArgumentException($"It has {secret.Length} bytes; {Bytes} are needed.", nameof(secret));
        this.secret = secret;
    }

    /// <summary>HMAC-SHA256 (RFC 2104) in hex. Hashes for different purposes are unrelated.</summary>
    public string Hash(string purpose, string text) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{purpose}:{text}")));

    /// <summary>Whether the text has that hash, in a time that does not tell how much of it fits.</summary>
    public bool Fits(string hash, string purpose, string text) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(hash), Encoding.UTF8.GetBytes(Hash(purpose, text)));

    /// <summary>The id under which votes of this identity are kept, in the form of other voters' ids.</summary>
    public string Voter(string identity) => Hash("voter", identity)[..32];
}
