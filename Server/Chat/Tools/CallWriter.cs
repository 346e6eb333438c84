// Calls from the engine's pieces in the reply's terms: deltas for a stream, joined for a whole reply. Each call gets its id here.
using System.Text;
using Majlis.Server.Wire;
using Majlis.Text.Chat.ToolCalls;

namespace Majlis.Server.Chat.Tools;

static class CallWriter
{
    const string Prefix = "call_";

    public static IEnumerable<ToolCallDelta> Deltas(IEnumerable<CallPiece> pieces, IdSource ids) => pieces.Select(piece =>
        new ToolCallDelta(piece.Index, new(piece.Name, piece.Arguments)) { Id = piece.Name is null ? null : ids.Next(Prefix) });

    /// <summary>The calls of one answer, or null where it has none.</summary>
    public static List<ToolCallReply>? Join(IReadOnlyList<CallPiece> pieces, IdSource ids)
    {
        if (pieces.Count == 0) return null;
        var calls = new List<(string Name, StringBuilder Arguments)>();
        foreach (var piece in pieces)
        {
            if (piece.Name is { } name) calls.Add((name, new()));
            calls[piece.Index].Arguments.Append(piece.Arguments);
        }
        return [.. calls.Select(call => new ToolCallReply(ids.Next(Prefix), new(call.Name, call.Arguments.ToString())))];
    }
}
