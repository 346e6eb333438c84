// One side of a battle as it is collected: exact tokens, their log-probabilities, text and latency. Knows no other side.
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Feedback.Votes;
using Majlis.Inference;
using Majlis.Server.Chat;
using Majlis.Server.Runs;

namespace Majlis.Server.Arena;

sealed class BattleAnswer
{
    readonly StringBuilder text = new();
    readonly List<GeneratedToken> tokens = [];
    FinishReason finish;
    TimeSpan latency;

    public void Add(GeneratedPiece piece, TimeSpan elapsed)
    {
        tokens.AddRange(piece.Tokens);
        text.Append(piece.Text);
        if (piece.Finish is not { } reason) return;
        (finish, latency) = (reason, elapsed);
    }

    public BattleSide ToSide(ChatRun run, int choice) => new(
        run.WeightsHash, run.Adapter, Sampling(run.Choices[choice]), run.Prompt,
        [.. tokens.Select(token => token.Id)], [.. tokens.Select(token => token.LogProbability)],
        text.ToString(), FinishWord.Of(finish), latency.TotalMilliseconds);

    // Every setting that could change the answer to the same prompt, under its name in the API.
    public static string Sampling(GenerationRequest request) => new JsonObject
    {
        ["temperature"] = request.Sampling.Temperature,
        ["top_p"] = request.Sampling.TopP,
        ["top_k"] = request.Sampling.TopK,
        ["min_p"] = request.Sampling.MinP,
        ["typical_p"] = request.Sampling.TypicalP,
        ["repetition_penalty"] = request.Sampling.RepetitionPenalty,
        ["frequency_penalty"] = request.Sampling.FrequencyPenalty,
        ["presence_penalty"] = request.Sampling.PresencePenalty,
        ["seed"] = request.Sampling.Seed,
        ["min_tokens"] = request.Sampling.MinTokens,
        ["max_tokens"] = request.MaxTokens,
        ["thinking_token_budget"] = request.ThinkingBudget,
        ["ignore_eos"] = request.Sampling.IgnoreEos,
        ["logit_bias"] = new JsonObject(request.Sampling.LogitBias.OrderBy(bias => bias.Key)
            .Select(bias => KeyValuePair.Create(bias.Key.ToString(CultureInfo.InvariantCulture), (JsonNode?)bias.Value))),
        ["stop"] = Listed(request.Stop),
        ["stop_token_ids"] = Listed(request.Sampling.StopTokenIds),
        ["allowed_token_ids"] = Listed(request.Sampling.AllowedTokenIds),
        ["bad_words_token_ids"] = new JsonArray([.. request.Sampling.BadWords.Select(Listed)]),
    }.ToJsonString();

    static JsonArray Listed<T>(ImmutableArray<T> values) => new([.. values.Select(value => JsonValue.Create(value))]);
}
