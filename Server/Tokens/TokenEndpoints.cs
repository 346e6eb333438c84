// POST /tokenize and /detokenize, at vLLM's paths and in its shapes. TokenRequests does the work.
using Majlis.Server.Access;
using Majlis.Server.Reference;
using Majlis.Server.Wire;

namespace Majlis.Server.Tokens;

static class TokenEndpoints
{
    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/tokenize", TokenizeAsync).RequireRole(Roles.Inference)
            .Says<TokenizeReply>("The tokens of a prompt or of a chat.");
        routes.MapPost("/detokenize", DetokenizeAsync).RequireRole(Roles.Inference)
            .Says<DetokenizeReply>("The text of tokens.");
    }

    static async Task<IResult> TokenizeAsync(HttpContext http, RequestReader reader, TokenRequests tokens)
    {
        var problem = new Problem();
        var reply = await reader.ReadForModelAsync(http.Request, problem, body => tokens.Tokenize(body, problem));
        return reply is null ? problem.First!.ToResult() : TypedResults.Json(reply, WireJson.Wire.TokenizeReply);
    }

    static async Task<IResult> DetokenizeAsync(HttpContext http, RequestReader reader, TokenRequests tokens)
    {
        var problem = new Problem();
        var reply = await reader.ReadForModelAsync(http.Request, problem, body => tokens.Detokenize(body, problem));
        return reply is null ? problem.First!.ToResult() : TypedResults.Json(reply, WireJson.Wire.DetokenizeReply);
    }
}

/// <param name="Count">How many tokens there are.</param>
/// <param name="MaxModelLen">The limit of prompt and answer together.</param>
/// <param name="TokenStrs">Each token's spelling in the vocabulary; null where nobody asked for it.</param>
sealed record TokenizeReply(int Count, int MaxModelLen, int[] Tokens, string[]? TokenStrs);

sealed record DetokenizeReply(string Prompt);
