// The roles a caller may have. A key has one of them, and an admin may do all. Knows no endpoint.
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
        opener.Uses is not null || opener.Role == Admin ? [Inference, Rater] : [opener.Role];

    /// <summary>The roles of a key with this role.</summary>
    public static IReadOnlyList<string> Of(string role) => role == Admin ? All : [role];
}
