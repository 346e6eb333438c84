// The roles a caller may have. A key has one or several of them, and an admin may do all. Knows no endpoint.
using Majlis.Feedback.Store.Access;

namespace Majlis.Server.Access;

static class Roles
{
    /// <summary>Chats, counts tokens and asks for models.</summary>
    public const string Inference = "inference";

    /// <summary>Opens battles and votes.</summary>
    public const string Rater = "rater";

    /// <summary>Changes what is served, erases voters, and reads what operators read.</summary>
    public const string Admin = "admin";

    /// <summary>Whoever reaches an internal address; no key has it.</summary>
    public const string Internal = "internal";

    public static IReadOnlyList<string> All { get; } = [Inference, Rater, Admin];

    /// <summary>
    /// What a person signed in on the pages may do: what the key that opened the session may, but never an admin's part. An invitation lets
    /// its guests chat and rate.
    /// </summary>
    public static IReadOnlyList<string> OfSession(AccessKey opener) =>
        opener.Uses is not null || opener.Role == Admin ? [Inference, Rater] : Of(opener.Role);

    /// <summary>The roles of a key, as it holds them: one, or several with commas.</summary>
    public static IReadOnlyList<string> Of(string role) => role == Admin ? All : role.Split(',');

    /// <summary>What a key holds for a text like <c>rater,inference</c>, in a fixed order; null where a part is no role.</summary>
    public static string? Read(string text)
    {
        var roles = text.Split(',', StringSplitOptions.TrimEntries);
        return roles.Except(All).Any() ? null : roles.Contains(Admin) ? Admin : string.Join(',', All.Intersect(roles));
    }
}
