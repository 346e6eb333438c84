// A rater's session as the store keeps it. The browser holds its id in a signed cookie. Knows no cookie.
namespace Majlis.Feedback.Store.Access;

/// <param name="Key">Id of the key or invitation that opened it; the session ends when that is revoked.</param>
/// <param name="Name">Name of that key or invitation.</param>
/// <param name="Voter">To whom its votes are credited.</param>
public sealed record RaterSession(string Id, string Key, string Name, string Voter, DateTimeOffset Expires);
