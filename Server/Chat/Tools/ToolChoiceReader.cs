// Reads tool_choice. Knows the offered tools by name only.
using System.Collections.Immutable;
using System.Text.Json;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat.Tools;

static class ToolChoiceReader
{
    const string Field = "tool_choice";

    static readonly string[] words = ["auto", "none", "required"];

    /// <summary>Whether the model may call tools.</summary>
    public static bool MayCall(Fields fields, ImmutableHashSet<string> offered)
    {
        if (fields.Peek(Field) is not { ValueKind: JsonValueKind.Object } choice)
        {
            var given = fields.Has(Field);
            var word = fields.Word(Field, words);
            if (given && word != "none" && offered.IsEmpty) NeedsTools(fields.Problem);
            if (word == "required") Refuse(fields.Problem, "'required'");
            return word != "none" && !offered.IsEmpty;
        }
        _ = fields.Any(Field);
        CheckNamed(new Fields(choice, Field, fields.Problem), offered);
        return true;
    }

    static void CheckNamed(Fields choice, ImmutableHashSet<string> offered)
    {
        if (offered.IsEmpty) NeedsTools(choice.Problem);
        var type = choice.Word("type", ["function", "allowed_tools"], required: true);
        if (type == "function" && choice.Of("function", JsonValueKind.Object, "an object") is { } given)
        {
            var function = new Fields(given, choice.Name("function"), choice.Problem);
            var name = function.RequiredText("name");
            function.Done();
            if (!offered.Contains(name))
                choice.Problem.Add(ApiError.InvalidValue(Field, $"Invalid '{Field}': '{name}' is not among the 'tools'."));
        }
        else if (type == "function") choice.Problem.Add(ApiError.MissingField(choice.Name("function")));
        Refuse(choice.Problem, type == "function" ? "a named tool" : $"'{type}'");
    }

    static void NeedsTools(Problem problem) => problem.Add(ApiError.InvalidValue(Field, $"'{Field}' is only allowed with 'tools'."));

    // Whatever the model writes then would have to be a call, which nothing holds it to.
    static void Refuse(Problem problem, string choice) =>
        problem.Add(ApiError.UnsupportedField(Field, $"'auto' and 'none' are taken; the model cannot be made to call, as {choice} asks."));
}
