// How a template reads an assistant's tool calls: whether it wants text beside the calls, and arguments as an object or as text.
// Found by rendering probes, as llama-server does. Knows no conversation.
using System.Text.Json.Nodes;
using Majlis.Text.Jinja;

namespace Majlis.Text.Chat;

/// <summary>The content of a message in which the assistant only calls tools.</summary>
enum MissingContent { Null, LeftOut, Empty }

/// <summary>The forms of a call's arguments that a template takes: an object or else any text, text only, or an object only.</summary>
enum CallArguments { Any, Text, Object }

/// <param name="Content">Null or absent if the template checks for that; else the empty text.</param>
sealed record ToolCallForm(MissingContent Content, CallArguments Arguments)
{
    const string Needle = "needle1needle";

    // Some templates want ids of nine letters and digits.
    const string Id = "call00001";

    sealed record Trial(MissingContent Content, int Score, string Output);

    public static ToolCallForm Probe(ChatTemplate template)
    {
        var objects = Trials(template, textArguments: false);
        var texts = Trials(template, textArguments: true);
        var (byObject, byText) = (objects.Max(trial => trial.Score), texts.Max(trial => trial.Score));
        return byObject == 0 && byText > 0 ? new ToolCallForm(Best(texts), CallArguments.Text)
            : new ToolCallForm(Best(objects), byText < byObject ? CallArguments.Object : CallArguments.Any);
    }

    static MissingContent Best(List<Trial> trials)
    {
        var empty = trials.Find(trial => trial.Content == MissingContent.Empty)!;
        var fit = trials.FindAll(trial => trial.Score == trials.Max(other => other.Score));
        return (fit.Find(trial => trial.Output != empty.Output) ?? empty).Content;
    }

    static List<Trial> Trials(ChatTemplate template, bool textArguments)
    {
        var empty = Try(template, MissingContent.Empty, textArguments, mayPrint: int.MaxValue);
        var mayPrint = empty.Score > 0 ? Nothings(empty.Output) : int.MaxValue;
        return
        [
            Try(template, MissingContent.Null, textArguments, mayPrint),
            Try(template, MissingContent.LeftOut, textArguments, mayPrint),
            empty,
        ];
    }

    // Two points for a rendering that shows the call, one for any other, none for one that prints a missing value.
    static Trial Try(ChatTemplate template, MissingContent content, bool textArguments, int mayPrint)
    {
        var (score, output) = (0, "");
        foreach (var probe in Probes(template, content, textArguments))
        {
            if (Render(template, probe) is not { } text) continue;
            score += text.Contains(Needle, StringComparison.Ordinal) ? 2 : 1;
            output += text;
        }
        return new Trial(content, Nothings(output) > mayPrint ? 0 : score, output);
    }

    static string? Render(ChatTemplate template, Conversation probe)
    {
        try
        {
            return template.RenderFormed(probe).Text;
        }
        catch (JinjaException)
        {
            return null;
        }
    }

    static int Nothings(string text) => text.Split("None").Length + text.Split("null").Length;

    /// <summary>A call with an answer, a call that ends the conversation, a call before the user's turn; with and without tools.</summary>
    static IEnumerable<Conversation> Probes(ChatTemplate template, MissingContent content, bool textArguments)
    {
        foreach (var next in new[] { "tool", "", "user" })
            foreach (var tools in new[] { false, true })
            {
                var messages = new JsonArray(Said(template, "user", "hi"), Caller(template, content, textArguments));
                if (next.Length > 0) messages.Add(Said(template, next, "ok"));
                if (next == "tool") messages[2]!["tool_call_id"] = Id;
                yield return new Conversation(messages) { Tools = tools ? [Tool()] : null, AddGenerationPrompt = next.Length > 0 };
            }
    }

    static JsonObject Said(ChatTemplate template, string role, string text) =>
        new() { ["role"] = role, ["content"] = template.Content.Fit(text) };

    static JsonObject Caller(ChatTemplate template, MissingContent content, bool textArguments)
    {
        var caller = new JsonObject { ["role"] = "assistant" };
        if (content != MissingContent.LeftOut) caller["content"] = content == MissingContent.Null ? null : template.Content.Fit("");
        caller["tool_calls"] = new JsonArray(new JsonObject
        {
            ["id"] = Id,
            ["type"] = "function",
            ["function"] = new JsonObject
            {
                ["name"] = Needle,
                ["arguments"] = textArguments ? "{\"a\": 1}" : new JsonObject { ["a"] = 1 },
            },
        });
        return caller;
    }

    static JsonObject Tool() => new()
    {
        ["type"] = "function",
        ["function"] = new JsonObject
        {
            ["name"] = "f",
            ["description"] = "d",
            ["parameters"] = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject(), ["required"] = new JsonArray() },
        },
    };
}
