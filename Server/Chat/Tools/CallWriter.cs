// Calls from the engine's pieces in the reply's terms: deltas for a stream, joined for a whole reply. Each call gets its id here.
using System.Collections.Immutable;
using System.Text;
using Majlis.Server.Wire;
using Majlis.Text.Chat.ToolCalls;

namespace Majlis.Server.Chat.Tools;

static class CallWriter
{
    const string Prefix = "call_";

    public static List<ToolCallDelta> Deltas(ImmutableArray<CallPiece> pieces, IdSource ids) => [.. pieces.Select(piece =>
        new ToolCallDelta(piece.Index, new(piece.Name, piece.Arguments)) { Id = piece.Name is null ? null : ids.Next(Prefix) })];

    /// <summary>The calls of one answer, or null where it has none.</summary>
    public static List<ToolCallReply>? Join(IReadOnlyList<ToolCallDelta> deltas)
    {
        if (deltas.Count == 0) return null;
        var calls = new List<(string Id, string Name, StringBuilder Arguments)>();
        foreach (var delta in deltas)
        {
            if (delta is { Id: { } id, Function.Name: { } name }) calls.Add((id, name, new()));
            calls[delta.Index].Arguments.Append(delta.Function.Arguments);
        }
        return [.. calls.Select(call => new ToolCallReply(call.Id, new(call.Name, call.Arguments.ToString())))];
    }
}
