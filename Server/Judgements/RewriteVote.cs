// A preferred rewrite as a battle of the kept answer (a) against it (b), with a vote for b. The rewrite's tokens are its text and the end
// that the answer has. Knows no HTTP.
using System.Text;
using Majlis.Feedback.Store;
using Majlis.Feedback.Store.Replies;
using Majlis.Feedback.Votes;
using Majlis.Inference;
using Majlis.Server.Arena;

namespace Majlis.Server.Judgements;

static class RewriteVote
{
    const string Rewritten = """{"rewritten":true}""";

    public static string IdOf(string completion) => $"fb_{completion}";

    public static Battle Battle(KeptReply kept, string preferred, LoadedModel model, string rater, DateTimeOffset now)
    {
        var answer = PackedSide.Unpack(kept.Side.ToArray(), $"side of the kept reply '{kept.Id}'");
        var messages = Encoding.UTF8.GetString(kept.Input.Span);
        var end = answer.CompletionTokens is [.., var last] && model.Defaults.EosTokens.Contains(last) ? [last]
            : model.Defaults.EosTokens.Take(1);
        int[] tokens = [.. model.Tokenizer.Encode(preferred, addSpecialTokens: false, specialsAsText: true), .. end];
        // What nobody drew has no sampling and no log-probabilities.
        var rewrite = answer with
        {
            SamplingJson = Rewritten,
            CompletionTokens = tokens,
            LogProbabilities = [],
            Text = preferred,
            FinishReason = "stop",
        };
        return new(IdOf(kept.Id), messages, PromptHash.Of(messages), PromptLanguage.OfMessages(messages), rater, now, answer, rewrite);
    }

    public static Vote Vote(string completion, string? comment, Rater rater, string kind) =>
        new(IdOf(completion), Verdict.B, [], comment, rater.Voter, kind, DwellMs: null, RevealedBeforeVote: false)
        {
            Address = rater.Address,
            CookieAge = rater.CookieAge,
        };
}
