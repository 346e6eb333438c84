// A whole chat reply: reads all that is generated. Knows no streaming.
using Majlis.Inference;
using Majlis.Server.Chat.Tools;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat;

static class ChatWhole
{
    public static async Task<ChatReply> ReplyAsync(ChatCollector collector, IdSource ids,
        IAsyncEnumerable<(int Choice, GeneratedPiece Piece)> pieces)
    {
        await foreach (var (choice, piece) in pieces) collector.Add(choice, piece, CallWriter.Deltas(piece.Calls, ids));
        return collector.Reply();
    }
}
