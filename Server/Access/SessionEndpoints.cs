// /v1/arena/session: a person signs in on a page with a key or an invitation, asks who he is, and signs out. Other classes do each step.
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization;
using Majlis.Feedback.Store.Access;
using Majlis.Server.Reference;
using Majlis.Server.Wire;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;

namespace Majlis.Server.Access;

static class SessionEndpoints
{
    const string Path = "/v1/arena/session";

    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path, SignInAsync).Open().WithMetadata(new SmallBody())
            .Says("Signs a person in by a key or an invitation.");
        routes.MapGet(Path, WhoAmI).RequireRole(Roles.Inference, Roles.Rater)
            .Says("Who is signed in.");
        routes.MapDelete(Path, SignOutAsync).RequireRole(Roles.Inference, Roles.Rater)
            .Says("Signs out.");
    }

    static async Task<IResult> SignInAsync(HttpContext http, RequestReader reader, KeyCheck check, KeyRing ring, Sessions sessions)
    {
        var problem = new Problem();
        if (await reader.ReadAsync(http.Request, problem, body => SignIn.Read(body, problem)) is not { } given)
            return problem.First!.ToResult();
        if (!ring.AsksForKeys) return Reply(Caller.Anonymous, Roles.All);
        var verdict = await check.CheckAsync(given.Kind, given.Text, http.Connection.RemoteIpAddress);
        if (verdict.Key is not { } opener) return verdict.Error!.ToResult();
        // Opening the same link again in the same browser takes no further use.
        var before = (await sessions.FindAsync(http.Request)).Session;
        if (before?.Key == opener.Id) return Reply(before.Name, Roles.OfSession(opener), before.Expires);
        if (await sessions.OpenAsync(http, opener) is not { } session) return ApiError.UsedInvitation().ToResult();
        if (before is not null) await sessions.CloseAsync(before.Id, before.Voter);
        return Reply(session.Name, Roles.OfSession(opener), session.Expires);
    }

    static JsonHttpResult<SessionReply> WhoAmI(ClaimsPrincipal caller) =>
        Reply(caller.Identity!.Name!, [.. caller.FindAll(ClaimTypes.Role).Select(claim => claim.Value)]);

    static async Task<IResult> SignOutAsync(HttpContext http, Sessions sessions)
    {
        if (http.User.FindFirst(Caller.Session) is { } session)
            await sessions.CloseAsync(session.Value, http.User.FindFirst(Caller.Voter)!.Value);
        SessionCookie.Take(http);
        return TypedResults.Json(new SessionReply("arena.session.deleted"), WireJson.Wire.SessionReply);
    }

    static JsonHttpResult<SessionReply> Reply(string name, IReadOnlyList<string> roles, DateTimeOffset? expires = null) =>
        TypedResults.Json(new SessionReply("arena.session") { Name = name, Roles = roles, ExpiresAt = expires?.ToUnixTimeSeconds() },
            WireJson.Wire.SessionReply);
}

/// <summary>Whoever has no key yet sends no more than a key.</summary>
sealed class SmallBody : IRequestSizeLimitMetadata
{
    public long? MaxRequestBodySize => 4096;
}

/// <summary>What a person signs in with.</summary>
/// <param name="Kind">One of <see cref="KeyText"/>'s.</param>
sealed record SignIn(string Kind, string Text)
{
    public static SignIn? Read(JsonElement body, Problem problem)
    {
        var fields = new Fields(body, "", problem);
        if (problem.First is not null) return null;
        var (key, invitation) = (fields.Text("key"), fields.Text("invitation"));
        if (key is null == invitation is null)
            problem.Add(ApiError.InvalidValue("key", "Either 'key' or 'invitation' is expected."));
        fields.Done();
        return problem.First is not null ? null
            : key is not null ? new(KeyText.Key, key.Trim()) : new(KeyText.Invitation, invitation!.Trim());
    }
}

/// <param name="Object">What happened: <c>arena.session</c>, or <c>arena.session.deleted</c>.</param>
sealed record SessionReply(string Object)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }

    /// <summary>What the caller may do.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Roles { get; init; }

    /// <summary>Unix seconds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? ExpiresAt { get; init; }
}
