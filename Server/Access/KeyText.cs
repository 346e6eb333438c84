// The text of a key as its holder sees it: "mjk_ID_SECRET", and "mji_" for an invitation. Knows no store.
using Majlis.Server.Wire;

namespace Majlis.Server.Access;

static class KeyText
{
    public const string Key = "mjk";
    public const string Invitation = "mji";

    /// <summary>The longest text that is looked at.</summary>
    public const int Longest = 256;

    // 40 of 62 letters: over 230 random bits.
    const int IdLength = 12;
    const int SecretLength = 40;

    public static (string Id, string Text) Make(string kind, IdSource ids)
    {
        var id = ids.Text(IdLength);
        return (id, $"{kind}_{id}_{ids.Text(SecretLength)}");
    }

    /// <summary>The id within a text; null where it has not the form of a key of this kind.</summary>
    public static string? IdOf(string kind, string text) =>
        text.Split('_') is [var first, { Length: IdLength } id, { Length: SecretLength }] && first == kind ? id : null;

    /// <summary>Whether a header can carry it: letters, digits and -._~+/= (RFC 6750, section 2.1).</summary>
    public static bool IsToken(string text) =>
        text.Length is > 0 and <= Longest && text.All(letter => char.IsAsciiLetterOrDigit(letter) || "-._~+/=".Contains(letter));
}
