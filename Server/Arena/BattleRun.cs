// Streams two answers to one prompt under the names a and b, then stores them as a battle that can be voted on. Which answer is shown as a
// is random. Knows no HTTP.
using System.Runtime.CompilerServices;
using System.Text.Json;
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using Majlis.Inference;
using Majlis.Server.Chat;
using Majlis.Server.Runs;
using Majlis.Server.Wire;

namespace Majlis.Server.Arena;

sealed class BattleRun(ChatRun run, ChatRequest request, string rater, bool firstIsA, BattleStore store, TimeProvider time)
{
    readonly BattleAnswer[] answers = [new(), new()];

    /// <summary>The data of every event but the closing one. The battle is stored before the last event announces it.</summary>
    public async IAsyncEnumerable<string> EventsAsync(IAsyncEnumerable<(int Choice, GeneratedPiece Piece)> pieces,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var opened = time.GetTimestamp();
        var begun = false;
        await foreach (var (choice, piece) in pieces.WithCancellation(cancellation))
        {
            if (!begun) yield return Event("arena.battle");
            begun = true;
            var side = choice == 0 == firstIsA ? "a" : "b";
            answers[choice].Add(piece, time.GetElapsedTime(opened));
            if (piece.Text.Length > 0 || piece.Finish is not null) yield return Event("arena.battle.chunk", side, piece);
        }
        await store.OpenAsync(Battle());
        yield return Event("arena.battle.ready");
    }

    Battle Battle()
    {
        var messages = request.Messages.ToJsonString();
        var (a, b) = firstIsA ? (0, 1) : (1, 0);
        return new Battle(run.Id, messages, PromptHash.Of(messages), PromptLanguage.OfMessages(messages), rater, time.GetUtcNow(),
            Side(a), Side(b))
        {
            GroundedMessagesJson = ReferenceEquals(run.Conversation.Messages, request.Messages) ? null
                : run.Conversation.Messages.ToJsonString(),
            DocumentsJson = run.Conversation.Documents?.ToJsonString(),
            TemplateArgumentsJson = run.Conversation.Kwargs is { Count: > 0 } arguments ? arguments.ToJsonString() : null,
        };
    }

    BattleSide Side(int choice) => answers[choice].ToSide(run, choice);

    string Event(string what, string? side = null, GeneratedPiece? piece = null) =>
        JsonSerializer.Serialize(new BattleEvent(run.Id, what, run.Created)
        {
            Side = side,
            Delta = piece is null ? null : new ChunkDelta(Content: piece.Text),
            FinishReason = piece?.Finish is { } finish ? FinishWord.Of(finish) : null,
        }, WireJson.Wire.BattleEvent);
}
