// One task: a conversation that ends with the user, its documents, a brief and an elaborate answer that are both right, and what tells
// a right answer from a wrong one. Data only.
using System.Text.Json.Nodes;
using Majlis.recipes.starter.Checks;

namespace Majlis.recipes.starter;

/// <param name="Kind">The kind's name, such as <c>documents</c>.</param>
/// <param name="Documents">Texts with an optional title; none where the task has no documents.</param>
/// <param name="Wrong">Answers that the check refuses, for preference pairs.</param>
public sealed record Item(string Kind, Language Language, string Question, IReadOnlyList<Passage> Documents, string Brief, string Elaborate,
    AnswerCheck Check, IReadOnlyList<string> Wrong)
{
    /// <summary>Earlier turns, question and answer by turns.</summary>
    public IReadOnlyList<string> History { get; init; } = [];

    /// <summary>OpenAI's messages, with the answer as the last one where it is given.</summary>
    public JsonArray Messages(string? answer = null) =>
        [.. History.Select((text, index) => index % 2 == 0 ? Message("user", text) : Answer(text)), Message("user", Question),
            .. answer is null ? [] : new JsonNode[] { Answer(answer) }];

    /// <summary>An assistant's message as the starter writes it.</summary>
    public static JsonObject Answer(string text) => Message("assistant", Citations.SpaceInside(text));

    /// <summary>Null where the task has none.</summary>
    public JsonArray? DocumentsJson => Documents.Count == 0 ? null : [.. Documents.Select(passage => passage.ToJson())];

    public static JsonObject Message(string role, string text) => new() { ["role"] = role, ["content"] = text };
}

public sealed record Passage(string? Title, string Text)
{
    public JsonNode ToJson() => Title is null ? new JsonObject { ["text"] = Text } : new JsonObject { ["title"] = Title, ["text"] = Text };
}
