// Orders the pieces of a streamed request so that the scores of a prompt come before all else of it: one choice brings them, and the other
// choices of the prompt, which begin at any time, wait for that. Knows no reply.
using System.Runtime.CompilerServices;
using Majlis.Inference;
using Majlis.Server.Runs;

namespace Majlis.Server.Completions;

static class ScoresFirst
{
    /// <summary>The same pieces; those of one choice keep their order. Prompts that are not scored wait for nothing.</summary>
    public static async IAsyncEnumerable<(int Choice, GeneratedPiece Piece)> OrderAsync(GenerationRun run,
        IAsyncEnumerable<(int Choice, GeneratedPiece Piece)> pieces, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var waiting = run.Choices.Chunk(run.Choices.Length / run.Prompts.Length)
            .Select(choices => choices.Any(choice => choice.PromptLogProbs is not null) ? new List<(int, GeneratedPiece)>() : null)
            .ToArray();
        await foreach (var item in pieces.WithCancellation(cancellation))
        {
            var prompt = run.PromptOf(item.Choice);
            if (waiting[prompt] is { } held && run.Choices[item.Choice].PromptLogProbs is null)
            {
                held.Add(item);
                continue;
            }
            yield return item;
            foreach (var earlier in waiting[prompt] ?? []) yield return earlier;
            waiting[prompt] = null;
        }
    }
}
