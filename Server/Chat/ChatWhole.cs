// A whole chat reply: reads all that is generated. Knows no streaming.
using Majlis.Inference;
using Majlis.Server.Chat.Tools;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat;

static class ChatWhole
{
    /// <param name="rank">The rewards of answers; null where they have none.</param>
    public static async Task<ChatReply> ReplyAsync(ChatCollector collector, IdSource ids,
        IAsyncEnumerable<(int Choice, GeneratedPiece Piece)> pieces, Func<IReadOnlyList<string>, Task<double[]?>> rank)
    {
        await foreach (var (choice, piece) in pieces) collector.Add(choice, piece, CallWriter.Deltas(piece.Calls, ids));
        if (await rank(collector.Texts) is { } rewards) collector.Rank(rewards);
        return collector.Reply();
    }
}
