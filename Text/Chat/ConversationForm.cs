// Brings a conversation from OpenAI's clients into the form that one template reads. One pass over each message: role, content, calls,
// reasoning; guards every outside text. Knows no rendering.
using System.Text.Json.Nodes;

namespace Majlis.Text.Chat;

/// <summary>For one conversation only.</summary>
sealed class ConversationForm
{
    readonly ChatTemplate template;
    readonly PromptGuard guard;
    readonly bool knowsDevelopers;
    readonly bool knowsFunctionCalls;
    readonly bool readsPlans;

    // Index of the last message with the old function_call: the next message of role "function" answers it.
    int lastCall;

    ConversationForm(ChatTemplate template, PromptGuard guard)
    {
        (this.template, this.guard) = (template, guard);
        knowsDevelopers = template.Facts.Any(facts => facts.Texts.Contains("developer"));
        readsPlans = template.Facts.Any(facts => facts.Members.Contains("tool_plan"));
        knowsFunctionCalls = template.Facts.Any(facts => facts.Members.Contains("function_call") || facts.Texts.Contains("function_call"));
    }

    /// <summary>A new conversation that shares nothing with the given one.</summary>
    public static Conversation Of(Conversation conversation, ChatTemplate template, PromptGuard guard)
    {
        var form = new ConversationForm(template, guard);
        return conversation with
        {
            Messages = new JsonArray([.. conversation.Messages.Select(form.Message)]),
            Tools = guard.Walk(conversation.Tools, guard.Outside)?.AsArray(),
            Documents = guard.Walk(conversation.Documents, guard.Outside)?.AsArray(),
            Kwargs = guard.Walk(conversation.Kwargs, guard.Outside)?.AsObject(),
        };
    }

    JsonNode? Message(JsonNode? message, int index)
    {
        if (message is not JsonObject members) return guard.Walk(message, guard.Outside);
        var role = MessageContent.Plain(members["role"]);
        Func<string, string> safe = role is "assistant" or "chatbot" or "model" ? guard.Assistant : guard.Outside;
        var formed = new JsonObject();
        foreach (var (name, value) in members)
            if (name == "role") formed[name] = role is null ? guard.Walk(value, safe) : guard.Role(Role(role));
            else if (name == "content") AddContent(formed, members, role, safe);
            else if (name == "tool_calls") AddCalls(formed, value as JsonArray ?? [], safe);
            else if (name == "function_call" && !knowsFunctionCalls) AddFunctionCall(formed, value, index, safe);
            else if (name == "tool_call_id" && value is not null) formed[name] = guard.Walk(template.Tools.Id(value), safe);
            else if (value is not null && !IsOfReplies(name)) formed[guard.Outside(name)] = guard.Walk(value, safe);
        if (!members.ContainsKey("content")) AddContent(formed, members, role, safe);
        if (role == "function" && !knowsFunctionCalls) formed["tool_call_id"] = CallId(lastCall);
        MessageForm.NameReasoning(formed);
        // What a model thinks or else says before its calls is, to Cohere's templates, its plan.
        if (readsPlans && formed["tool_calls"] is not null && Plan(formed) is { Length: > 0 } plan) formed.TryAdd("tool_plan", plan);
        return formed;
    }

    static string? Plan(JsonObject formed) =>
        MessageContent.Plain(formed["reasoning_content"]) is { Length: > 0 } thought ? thought : MessageContent.Plain(formed["content"]);

    // Members of replies beside the model's words, which clients send back.
    static bool IsOfReplies(string name) => name is "refusal" or "annotations" or "audio" or "provider_specific_fields";

    // OpenAI renamed 'system' to 'developer' with the same meaning, and 'function' to 'tool'.
    string Role(string role) => role switch
    {
        "developer" when !knowsDevelopers => "system",
        "function" when !knowsFunctionCalls => "tool",
        _ => role,
    };

    void AddContent(JsonObject formed, JsonObject members, string? role, Func<string, string> safe)
    {
        var content = members["content"] is { } given && MessageContent.Plain(given) is not "" ? given : Unsaid(members, role);
        if (content is not null) formed["content"] = guard.Walk(template.Content.Fit(content), safe);
        else if (Calls(members) && template.Calls.Content == MissingContent.Null) formed["content"] = null;
    }

    // Replaces a content that is empty or absent; null if nothing does.
    JsonNode? Unsaid(JsonObject members, string? role)
    {
        if (MessageContent.Plain(members["refusal"]) is { } refusal) return refusal;
        if (members["content"] is { } empty) return empty;
        return role is "function" or "tool" || (Calls(members) && template.Calls.Content == MissingContent.Empty) ? "" : null;
    }

    static bool Calls(JsonObject members) => members["tool_calls"] is JsonArray { Count: > 0 } || members["function_call"] is JsonObject;

    void AddCalls(JsonObject formed, JsonArray calls, Func<string, string> safe)
    {
        if (calls.Count > 0) formed["tool_calls"] = new JsonArray([.. calls.Select(call => Call(call, safe))]);
    }

    void AddFunctionCall(JsonObject formed, JsonNode? function, int index, Func<string, string> safe)
    {
        if (function is null) return;
        lastCall = index;
        formed["tool_calls"] = new JsonArray(Call(new JsonObject
        {
            ["id"] = CallId(index),
            ["type"] = "function",
            ["function"] = function.DeepClone(),
        }, safe));
    }

    // Nine letters and digits, as Mistral's templates demand.
    static string CallId(int index) => $"call{index:D5}";

    JsonNode? Call(JsonNode? call, Func<string, string> safe)
    {
        if (call is not JsonObject members) return guard.Walk(call, safe);
        var formed = new JsonObject();
        foreach (var (name, value) in members)
            if (name == "function" && value is JsonObject function) formed[name] = Function(function, "arguments", safe);
            else if (name == "custom" && value is JsonObject custom) formed["function"] = Function(custom, "input", safe);
            else if (name == "id" && value is not null) formed[name] = guard.Walk(template.Tools.Id(value), safe);
            else formed[guard.Outside(name)] = name == "type" && members["custom"] is JsonObject ? "function" : guard.Walk(value, safe);
        return formed;
    }

    JsonObject Function(JsonObject function, string given, Func<string, string> safe)
    {
        var formed = new JsonObject();
        foreach (var (name, value) in function)
            if (name == given) formed["arguments"] = guard.Walk(Arguments(value), safe);
            else formed[guard.Outside(name)] = guard.Walk(value, safe);
        return formed;
    }

    // A template that takes only objects gets other text as the one member of an object: the model wrote it, so it is kept.
    JsonNode? Arguments(JsonNode? value)
    {
        var takes = template.Calls.Arguments;
        if (takes == CallArguments.Text || MessageContent.Plain(value) is not { } text) return value;
        return ArgumentsJson.Read(text) ?? (takes == CallArguments.Object ? new JsonObject { ["arguments"] = text } : value);
    }
}
