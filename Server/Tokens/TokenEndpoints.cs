// POST /tokenize and /detokenize and GET /tokenizer_info, at vLLM's paths and in its shapes. TokenRequests does the work.
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
        routes.MapGet("/tokenizer_info", Info).RequireRole(Roles.Inference)
            .Says<TokenizerInfo>("The special tokens and the chat template of the served model.");
    }

    static async Task<IResult> TokenizeAsync(HttpContext http, RequestReader reader, TokenRequests tokens)
    {
        var problem = new Problem();
        var reply = await reader.ReadForModelAsync(http.Request, problem, body => tokens.Tokenize(body, problem));
        return reply is null ? problem.First!.ToResult() : TypedResults.Json(reply, WireJson.Wire.TokenizeReply);
    }

    static IResult Info(TokenRequests tokens)
    {
        var problem = new Problem();
        return tokens.Info(problem) is { } info ? TypedResults.Json(info, WireJson.Wire.TokenizerInfo) : problem.First!.ToResult();
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

/// <summary>What of a tokenizer_config.json clients read that tokenize here: lm_eval's local-completions among them.</summary>
/// <param name="TokenizerClass">transformers' class for a tokenizer.json, which is what any tokenizer here can be written as.</param>
sealed record TokenizerInfo(string TokenizerClass, int ModelMaxLength, string? BosToken, string? EosToken, string? UnkToken,
    string? PadToken, string? ChatTemplate);
