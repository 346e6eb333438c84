// The key that a command line asks for, checked. Knows no store.
using System.Globalization;
using System.Text;

namespace Majlis.Server.Access.Commands;

/// <param name="Name">Null for an invitation, which is named by its id.</param>
sealed record KeyWish(string? Name, string Role, DateTimeOffset? Expires)
{
    const int LongestName = 64;
    const int Most = 1_000_000;

    static readonly string[] days = ["yyyy-MM-dd"];
    static readonly string[] moments = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK"];
    static readonly string[] reserved = [AdminKey.Name, Caller.Anonymous, Roles.Internal];

    public static KeyWish None { get; } = new(null, "", null);

    public int? RequestsPerMinute { get; init; }

    public int? Concurrent { get; init; }

    public int? Uses { get; init; }

    /// <exception cref="FormatException">Something is wrong; the message says what.</exception>
    public static KeyWish Read(string name, string? role, string? expires, DateTimeOffset now)
    {
        if (!IsName(name)) throw new FormatException($"NAME: 1 to {LongestName} visible letters are expected.");
        if (reserved.Contains(name, StringComparer.OrdinalIgnoreCase))
            throw new FormatException($"NAME: '{name}' is the server's own word.");
        if (Roles.Read(role ?? "") is not { } roles) throw new FormatException(
            $"--role: '{role}' is no role; there are {string.Join(", ", Roles.All)}, and several with commas.");
        return new(name, roles, expires is null ? null : Moment(expires, now));
    }

    /// <exception cref="FormatException">Something is wrong; the message says what.</exception>
    public static KeyWish Invitation(int? uses, string? expires, DateTimeOffset now) =>
        new(null, Roles.Rater, Moment(expires ?? "", now)) { Uses = uses };

    /// <exception cref="FormatException">It is no number of at least 1.</exception>
    public static int? Count(string option, string? text) => text is null ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= Most ? count
        : throw new FormatException($"{option}: '{text}' is not a number from 1 to {Most}.");

    static bool IsName(string name) => name.Length is > 0 and <= LongestName && name == name.Trim() && name.EnumerateRunes().All(IsVisible);

    // Marks that turn the direction of a line, and letters that nobody sees, would make lists and logs say something else.
    static bool IsVisible(Rune letter) => letter.Value == ' ' || letter != Rune.ReplacementChar && Rune.GetUnicodeCategory(letter)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.SpaceSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned);

    static DateTimeOffset Moment(string text, DateTimeOffset now)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal;
        var moment = DateTimeOffset.TryParseExact(text, days, CultureInfo.InvariantCulture, Utc, out var day) ? day.AddDays(1)
            : DateTimeOffset.TryParseExact(text, moments, CultureInfo.InvariantCulture, Utc, out var exact) ? exact
            : throw new FormatException($"--expires: '{text}' is not a date like 2027-01-31 or 2027-01-31T12:00Z.");
        return moment > now ? moment : throw new FormatException($"--expires: '{text}' has passed.");
    }
}
