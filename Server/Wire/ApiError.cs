// Every way in which a request is refused, as values: status, type, parameter and code. Only ErrorReply.cs writes them. Knows no HTTP
// responses.
namespace Majlis.Server.Wire;

/// <summary>An expected failure in OpenAI's terms. <see cref="RetryAfter"/> is in seconds.</summary>
public sealed record ApiError(int Status, string Type, string Message, string? Param = null, string? Code = null, int? RetryAfter = null)
{
    const string Request = "invalid_request_error";

    /// <summary>The same of a field that the client calls otherwise.</summary>
    public ApiError Renamed(Func<string, string> name) => Param is { } old && name(old) is var now && now != old
        ? this with { Param = now, Message = Message.Replace($"'{old}'", $"'{now}'", StringComparison.Ordinal) } : this;

    public static ApiError BrokenJson(string where) => new(400, Request, $"The body is not valid JSON: {where}", Code: "invalid_json");

    public static ApiError UnknownField(string param) =>
        new(400, Request, $"Unknown parameter: '{param}'.", param, "unknown_parameter");

    public static ApiError UnsupportedField(string param, string reason) =>
        new(400, Request, $"Unsupported parameter: '{param}'. {reason}", param, "unsupported_parameter");

    public static ApiError MissingField(string param) =>
        new(400, Request, $"Missing required parameter: '{param}'.", param, "missing_required_parameter");

    public static ApiError WrongType(string param, string expected, string found) =>
        new(400, Request, $"Invalid type for '{param}': expected {expected}, but got {found} instead.", param, "invalid_type");

    public static ApiError InvalidValue(string param, string message) => new(400, Request, message, param, "invalid_value");

    public static ApiError TooMany(string param, int found, int most) =>
        new(400, Request, $"Invalid '{param}': {found} entries; up to {most} are taken.", param, "array_above_max_length");

    public static ApiError TooManyBytes(string param, int found, int most) =>
        new(400, Request, $"Invalid '{param}': {found} bytes; up to {most} are taken.", param, "invalid_value");

    /// <param name="prompt">Tokens of the prompt; above <paramref name="context"/> the exact number is not known.</param>
    /// <param name="param">The field that holds the prompt.</param>
    public static ApiError ContextLength(int prompt, int context, int? asked, string param = "messages") => new(400, Request,
        asked is null
            ? $"This model's maximum context length is {context} tokens, but '{param}' takes "
                + (prompt > context ? $"more than {context} tokens." : $"{prompt} tokens.")
            : $"This model's maximum context length is {context} tokens, but {(long)prompt + asked} were asked for: "
                + $"{prompt} in '{param}', {asked} in the completion.",
        param, "context_length_exceeded");

    public static ApiError UnknownModel(string model, string known) =>
        new(404, Request, $"The model '{model}' does not exist here; there is {known}.", "model", "model_not_found");

    /// <param name="why">A sentence.</param>
    public static ApiError AdapterNotServed(string model, string why) =>
        new(404, Request, $"The model '{model}' is not served: {why}", "model", "model_not_found");

    public static ApiError NoModeration() => new(404, Request,
        "No model that moderates is served here; a chat model can be asked to judge a text.", "model", "model_not_found");

    public static ApiError UnknownUrl(string method, string path) =>
        new(404, Request, $"Unknown request URL: {method} {path}.", Code: "unknown_url");

    public static ApiError WrongMethod(string method, string path) =>
        new(405, Request, $"{path} does not take {method}.", Code: "method_not_allowed");

    public static ApiError WrongMedia(string found) =>
        new(415, Request, $"The body must be application/json, not '{found}'.", Code: "unsupported_media_type");

    public static ApiError WrongCoding(string found) => new(415, Request,
        $"The body's Content-Encoding is '{found}'; one of gzip, deflate and br is read, or none.", Code: "unsupported_content_encoding");

    public static ApiError BrokenCoding() =>
        new(400, Request, "The body is not what its Content-Encoding says, or it is cut short.", Code: "invalid_content_encoding");

    public static ApiError TooLarge(long limit) =>
        new(413, Request, $"The body is larger than {limit} bytes.", Code: "request_too_large");

    /// <summary>A request that the server rejected before reading it.</summary>
    public static ApiError Rejected(int status, string message) => new(status, Request, message, Code: status switch
    {
        408 => "request_timeout",
        413 => "request_too_large",
        414 => "uri_too_long",
        431 => "headers_too_large",
        _ => "bad_request",
    });

    public static ApiError ForeignHost(string host) => new(421, Request,
        $"This server does not answer for the host '{host}': it listens on loopback and takes localhost, loopback addresses and what "
            + "AllowedHosts names in its environment or appsettings.json.",
        Code: "host_not_allowed");

    public static ApiError ForeignPage(string origin) => new(403, Request,
        $"This request was sent by a page of another site{(origin.Length > 0 ? $" ({origin})" : "")}; "
            + "what changes something is taken from this server's own pages and from programs only.",
        Code: "cross_site_request");

    public static ApiError NoKey() => new(401, Request,
        "A key is needed: send it as 'Authorization: Bearer KEY' or as 'x-api-key: KEY'.", Code: "invalid_api_key");

    /// <param name="problem">A sentence about the headers.</param>
    public static ApiError MalformedKey(string problem) => new(401, Request,
        $"{problem} Send the key as 'Authorization: Bearer KEY' or as 'x-api-key: KEY'.", Code: "invalid_api_key");

    public static ApiError WrongKey() => new(401, Request, "This is no key of this server.", Code: "invalid_api_key");

    public static ApiError RevokedKey(string name) => new(401, Request, $"The key of '{name}' is revoked.", Code: "revoked_api_key");

    public static ApiError ExpiredKey(string name, DateTimeOffset end) =>
        new(401, Request, $"The key of '{name}' has expired ({end.UtcDateTime:yyyy-MM-dd'T'HH:mm'Z'}).", Code: "expired_api_key");

    public static ApiError TooManyWrongKeys(int seconds) => new(429, "rate_limit_error",
        $"Too many wrong keys came from this address; wait {seconds} seconds.", Code: "too_many_wrong_keys", RetryAfter: seconds);

    /// <summary>The log says why; a caller who may be anybody is not told how the store is reached.</summary>
    public static ApiError KeysAway() => new(503, "server_error",
        "Whether this key is valid cannot be told now, since the store does not answer.", Code: "keys_unavailable", RetryAfter: 5);

    public static ApiError NoSession() => new(401, Request,
        "The session has ended or is not this server's; sign in again.", Code: "invalid_session");

    public static ApiError UsedInvitation() => new(403, "permission_error",
        "All uses of this invitation are taken; ask for another.", Code: "invitation_used");

    public static ApiError WrongRole(string needed) => new(403, "permission_error",
        $"This key may not do that: the role {needed} is needed.", Code: "insufficient_permissions");

    public static ApiError Closed() => new(403, "permission_error", "This path states no role and is closed to everybody.", Code: "closed");

    public static ApiError Busy(string message) => new(429, "rate_limit_error", message, Code: "rate_limit_exceeded", RetryAfter: 1);

    /// <summary>OpenAI's answer to more requests a minute than a key may make.</summary>
    public static ApiError TooManyRequests(int perMinute, int seconds) => new(429, "requests",
        $"Rate limit reached: this key may make {perMinute} requests a minute. Try again in {seconds} s.",
        Code: "rate_limit_exceeded", RetryAfter: seconds);

    public static ApiError TooManyAtATime(int most) => new(429, "requests",
        $"Rate limit reached: this key may have {most} requests at a time. Try again when one of them has ended.",
        Code: "rate_limit_exceeded", RetryAfter: 1);

    public static ApiError Unread(string message) => new(408, "timeout_error", message, Code: "reply_not_read");

    public static ApiError Internal(string id) =>
        new(500, "server_error", $"The server failed while answering; the log says why under {id}.", Code: "internal_error");

    public static ApiError NoModel() =>
        new(503, "server_error", "No weights are loaded yet.", Code: "model_not_loaded", RetryAfter: 5);

    public static ApiError NoRoom() => new(503, "server_error",
        "The disk of the server's data is full, and nothing of this request was kept. Deleting files makes room.", Code: "disk_full");

    public static ApiError Draining() =>
        new(503, "server_error", "The server is shutting down and takes no new requests.", Code: "draining", RetryAfter: 10);

    /// <summary>A vote whose confirmation was lost may still be stored; sending it again finds it.</summary>
    public static ApiError NoFeedback(string reason) => new(503, "server_error",
        $"The store cannot confirm this now: {reason} Send the same request again; "
            + "that is safe, since a vote counts once however often it is sent.",
        Code: "feedback_unavailable", RetryAfter: 2);

    public static ApiError UnknownBattle(string id) =>
        new(404, Request, $"No battle '{id}' is known; battles nobody votes on are kept for a day.", "id", "battle_not_found");

    public static ApiError NotYourBattle(string id) =>
        new(403, Request, $"Battle '{id}' was opened by another rater.", "id", "not_your_battle");

    public static ApiError VoteConflict(string id) => new(409, Request,
        $"Battle '{id}' has its verdict already; the first one is final, because it showed who was who.", "verdict", "vote_conflict");

    public static ApiError RewriteConflict(string id) => new(409, Request,
        $"Completion {id} has a preferred rewrite already, and the first one is final.", "preferred", "feedback_conflict");

    public static ApiError UnknownVoter(string id) =>
        new(404, Request, $"Nothing is kept of the voter '{id}'.", "id", "voter_not_found");

    public static ApiError UnknownVersion(string id) => new(404, Request,
        $"The catalogue has no version '{id}' that could be served; GET /v1/catalog/versions lists them.", "id", "version_not_found");

    public static ApiError NoPreviousVersion() =>
        new(409, Request, "The catalogue has no previous version to roll back to.", Code: "no_previous_version");

    /// <param name="why">A sentence.</param>
    public static ApiError CannotTry(string why) => new(409, Request, why, "id", "trial_impossible");

    public static ApiError NoTrial(string version) =>
        new(409, Request, $"The version '{version}' is not being tried.", "id", "no_trial");

    public static ApiError PointerMoved(long generation) => new(409, Request,
        $"The catalogue's pointer was moved meanwhile and is at generation {generation}; look at GET /v1/catalog/versions and try again.",
        Code: "pointer_moved");

    public static ApiError KeepsNothing() => UnsupportedField("store", "This server keeps no replies (its option --keep-days is 0).");

    public static ApiError UnknownCompletion(string id) =>
        new(404, Request, $"Completion {id} not found", "completion_id", "not_found");

    public static ApiError UnknownResponse(string id) => new(404, Request, $"Response with id '{id}' not found.");

    public static ApiError UnknownPrevious(string id) => new(400, Request, $"Previous response with id '{id}' not found.",
        "previous_response_id", "previous_response_not_found");

    public static ApiError DamagedCatalog(string why) => new(409, Request, why, Code: "catalog_damaged");

    public static ApiError ReadOnlyCatalog(string why) => new(409, Request, why, Code: "catalog_read_only");

    public static ApiError CatalogAway(string why) =>
        new(503, "server_error", $"The catalogue cannot be used now: {why}", Code: "catalog_unavailable", RetryAfter: 5);
}
