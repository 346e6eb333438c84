// Reads tool_choice: a word, one tool's name, or a list of names. Knows the offered tools by name only.
using System.Collections.Immutable;
using System.Text.Json;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat.Tools;

static class ToolChoiceReader
{
    const string Field = "tool_choice";

    static readonly string[] words = ["auto", "none", "required"];

    public static ToolChoice Read(Fields fields, ImmutableHashSet<string> offered)
    {
        if (fields.Peek(Field) is not { ValueKind: JsonValueKind.Object } given)
        {
            var isGiven = fields.Has(Field);
            var word = fields.Word(Field, words);
            if (isGiven && word != "none" && offered.IsEmpty) NeedsTools(fields.Problem);
            return new(word == "none" ? [] : offered, word == "required");
        }
        _ = fields.Any(Field);
        if (offered.IsEmpty) NeedsTools(fields.Problem);
        var choice = new Fields(given, Field, fields.Problem);
        var type = choice.Word("type", ["function", "allowed_tools"], required: true);
        if (!choice.Has(type)) choice.Problem.Add(ApiError.MissingField(choice.Name(type)));
        var value = choice.Of(type, JsonValueKind.Object, "an object");
        choice.Done();
        if (value is null) return new([], Must: false);
        var named = new Fields(value.Value, choice.Name(type), choice.Problem);
        return type == "function" ? new([Name(named, offered)], Must: true, IsNamed: true) : Allowed(named, offered);
    }

    static ToolChoice Allowed(Fields allowed, ImmutableHashSet<string> offered)
    {
        var mode = allowed.Word("mode", ["auto", "required"], required: true);
        var names = ImmutableHashSet.CreateBuilder<string>();
        if (!allowed.Has("tools")) allowed.Problem.Add(ApiError.MissingField(allowed.Name("tools")));
        foreach (var (value, name) in allowed.Items("tools").TakeWhile(_ => allowed.Problem.First is null))
        {
            var tool = new Fields(value, name, allowed.Problem);
            tool.Word("type", ["function"], required: true);
            if (tool.Of("function", JsonValueKind.Object, "an object") is { } function)
                names.Add(Name(new(function, tool.Name("function"), tool.Problem), offered));
            else tool.Problem.Add(ApiError.MissingField(tool.Name("function")));
            tool.Done();
        }
        var list = allowed.Name("tools");
        if (names.Count == 0) allowed.Problem.Add(ApiError.InvalidValue(list, $"Invalid '{list}': at least one is needed."));
        allowed.Done();
        return new(names.ToImmutable(), mode == "required");
    }

    static string Name(Fields function, ImmutableHashSet<string> offered)
    {
        var name = function.RequiredText("name");
        function.Done();
        if (!offered.Contains(name))
            function.Problem.Add(ApiError.InvalidValue(Field, $"Invalid '{Field}': '{name}' is not among the 'tools'."));
        return name;
    }

    static void NeedsTools(Problem problem) => problem.Add(ApiError.InvalidValue(Field, $"'{Field}' is only allowed with 'tools'."));
}
