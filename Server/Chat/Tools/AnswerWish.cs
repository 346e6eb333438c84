// The grammar of an answer that may hold calls: of calls alone where they must be made; of calls, or a text of the request's format; or of
// any text in which the calls of strict tools fit. Knows no call format.
using Majlis.Inference.Grammars;
using Majlis.Text.Chat.ToolCalls;

namespace Majlis.Server.Chat.Tools;

static class AnswerWish
{
    public const string Field = "tools";

    /// <param name="format">What the request wants of a text.</param>
    /// <param name="tools">Null where none may be called.</param>
    public static GrammarWish? Of(GrammarWish? format, ToolReading? tools) => tools switch
    {
        null => format,
        { Forced: { } forced } => new(new CallsSource(forced.Calls), Field),
        _ when format is not null =>
            format with { Source = new CallsSource(tools.Calls((calls, some, onlyOne) => calls.Only(some, onlyOne)), format.Source) },
        _ when tools.Tools.Any(tool => tool.Strict) =>
            new(new CallsSource(tools.Calls((calls, some, onlyOne) => calls.Among(some, onlyOne))), Field) { HoldsOnlyCalls = true },
        _ => null,
    };
}
