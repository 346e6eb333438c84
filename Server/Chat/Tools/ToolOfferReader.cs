// Reads what a request says of tools: tools, tool_choice and parallel_tool_calls. Knows no model and no call format.
using Majlis.Server.Wire;

namespace Majlis.Server.Chat.Tools;

static class ToolOfferReader
{
    /// <summary>The tools that the model may call; null where it may call none.</summary>
    public static ToolOffer? Read(Fields fields)
    {
        var list = new ToolListReader();
        var tools = list.Read(fields);
        var choice = ToolChoiceReader.Read(fields, list.Names);
        var several = fields.Flag("parallel_tool_calls");
        if (tools.Count == 0 && several is false)
            fields.Problem.Add(ApiError.InvalidValue("parallel_tool_calls", "'parallel_tool_calls' is only allowed with 'tools'."));
        // Whoever names a function wants one call of it, not as many as the tokens last for.
        var onlyFirst = several is false || choice is { IsNamed: true } && several is null;
        return choice.Tools.IsEmpty ? null : new(tools, choice, onlyFirst) { Strict = [.. list.Strict] };
    }
}
