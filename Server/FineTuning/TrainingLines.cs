// The lines of a job's file, checked before anything is trained: OpenAI's chats or preference pairs
// (https://platform.openai.com/docs/guides/supervised-fine-tuning). Knows no tokens.
using System.Text.Json;
using Majlis.Server.Files;
using Majlis.Server.Wire;

namespace Majlis.Server.FineTuning;

static class TrainingLines
{
    static readonly string[] roles = ["system", "developer", "user", "assistant", "tool"];

    /// <summary>How many lines there are, or what is wrong with the first that is wrong.</summary>
    public static async Task<(int Lines, string? Wrong)> CheckAsync(string file, string method, CancellationToken stop)
    {
        var lines = 0;
        await using var stream = File.OpenRead(file);
        try
        {
            await foreach (var line in JsonLines.ReadAsync(stream, stop))
            {
                if (JsonLines.Problem(line) is { } damage) return (lines, damage);
                if (Problem(line, method) is { } wrong) return (lines, $"line {line.Number}: {wrong}");
                lines++;
            }
        }
        catch (FormatException tooLong)
        {
            return (lines, tooLong.Message);
        }
        return lines > 0 ? (lines, null) : (0, "no line holds an example.");
    }

    static string? Problem(JsonLine line, string method)
    {
        using var json = JsonDocument.Parse(line.Text, StrictJson.Options);
        var problem = new Problem();
        var fields = new Fields(json.RootElement, "", problem);
        if (method == StoredJob.Dpo) Pair(fields);
        else Chat(fields);
        fields.Done();
        return problem.First?.Message;
    }

    static void Chat(Fields row)
    {
        Offer(row);
        var learnt = Messages(row, "messages", roles);
        if (row.Problem.First is null && learnt == 0)
            row.Problem.Add(ApiError.InvalidValue("messages", "Invalid 'messages': no message of the assistant is there to learn from."));
    }

    static void Pair(Fields row)
    {
        if (!row.Has("input")) row.Problem.Add(ApiError.MissingField("input"));
        if (row.Of("input", JsonValueKind.Object, "an object") is { } given)
        {
            var input = new Fields(given, "input", row.Problem);
            Offer(input);
            Messages(input, "messages", roles);
            input.Done();
        }
        string[] answers = ["assistant", "tool"];
        var (better, worse) = (row.Peek("preferred_output")?.GetRawText(), row.Peek("non_preferred_output")?.GetRawText());
        Messages(row, "preferred_output", answers);
        Messages(row, "non_preferred_output", answers);
        row.Problem.AddIf(better == worse,
            ApiError.InvalidValue("non_preferred_output", "Invalid 'non_preferred_output': it is the preferred one again."));
    }

    static void Offer(Fields row)
    {
        row.Of("tools", JsonValueKind.Array, "an array");
        row.Flag("parallel_tool_calls");
        if (row.Has("functions")) row.Problem.Add(ApiError.UnsupportedField(row.Name("functions"), "Use 'tools'."));
    }

    /// <summary>How many of them are the assistant's and are learnt from.</summary>
    static int Messages(Fields row, string field, string[] allowed)
    {
        if (!row.Has(field)) row.Problem.Add(ApiError.MissingField(row.Name(field)));
        var (count, learnt) = (0, 0);
        foreach (var (value, name) in row.Items(field).TakeWhile(_ => row.Problem.First is null))
        {
            count++;
            if (value.ValueKind != JsonValueKind.Object)
                row.Problem.Add(ApiError.WrongType(name, "an object", Fields.Kind(value)));
            else if (Message(new Fields(value, name, row.Problem), allowed)) learnt++;
        }
        row.Problem.AddIf(count == 0, ApiError.InvalidValue(row.Name(field), $"Invalid '{row.Name(field)}': it is empty."));
        return learnt;
    }

    static bool Message(Fields message, string[] allowed)
    {
        var role = message.Word("role", allowed, required: true);
        var isSaid = Content(message);
        var calls = message.Of("tool_calls", JsonValueKind.Array, "an array")?.GetArrayLength() > 0;
        if (message.Problem.First is null && !isSaid && !calls)
            message.Problem.Add(ApiError.MissingField(message.Name("content")));
        if (role != "assistant" && message.Has("weight")) message.Problem.Add(ApiError.UnknownField(message.Name("weight")));
        return role == "assistant" && message.Int("weight", 0, 1) != 0;
    }

    static bool Content(Fields message)
    {
        if (message.Any("content") is not { } content) return false;
        if (content.ValueKind == JsonValueKind.Array)
            foreach (var (index, part) in content.EnumerateArray().Index())
            {
                var fields = new Fields(part, message.Name($"content[{index}]"), message.Problem);
                if (message.Problem.First is null) fields.Word("type", ["text", "refusal"], required: true);
            }
        else if (content.ValueKind != JsonValueKind.String)
            message.Problem.Add(ApiError.WrongType(message.Name("content"), "a string or an array", Fields.Kind(content)));
        return true;
    }
}
