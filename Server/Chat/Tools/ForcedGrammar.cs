// The grammar of an answer that must be calls. Knows no call format.
using Majlis.Inference.Grammars;
using Majlis.Inference.Grammars.Json;
using Majlis.Text.Chat.ToolCalls;

namespace Majlis.Server.Chat.Tools;

static class ForcedGrammar
{
    public static GrammarWish Of(ForcedCalls calls) => new(new SchemaSource(calls.Schema, JsonLayout.Indented), "tools");
}
