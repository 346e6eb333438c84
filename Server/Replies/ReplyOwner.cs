// Whose a kept reply is: the voter's behind the caller, so that erasing a voter erases it too, else the key's. Knows no reply.
using System.Security.Claims;
using Majlis.Server.Access;

namespace Majlis.Server.Replies;

static class ReplyOwner
{
    public static string Of(HttpContext http) => http.User.FindFirstValue(Caller.Voter) ?? http.User.FindFirstValue(Caller.Key)
        ?? http.User.Identity?.Name ?? Caller.Anonymous;
}
