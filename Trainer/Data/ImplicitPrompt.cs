// The prompt that two answers share where a row does not state it: their common beginning, as TRL's extract_prompt cuts it. Texts are cut
// by code points, chats by messages. Knows no tokens.
using System.Text.Json.Nodes;

namespace Majlis.Trainer.Data;

public static class ImplicitPrompt
{
    /// <summary>
    /// Of two texts. A space before the first difference goes to the answers; where nothing differs the shorter text's last character stays
    /// an answer's.
    /// </summary>
    public static (string Prompt, string Chosen, string Rejected) Of(string chosen, string rejected)
    {
        var most = Math.Min(chosen.Length, rejected.Length);
        if (most == 0) throw new DataException("an answer is empty");
        var shared = chosen.AsSpan().CommonPrefixLength(rejected);
        if (shared == most) shared -= most > 1 && char.IsLowSurrogate(chosen[most - 1]) ? 2 : 1;
        else
        {
            if (shared > 0 && char.IsHighSurrogate(chosen[shared - 1])) shared--;
            if (shared > 0 && chosen[shared - 1] == ' ') shared--;
        }
        return (chosen[..shared], chosen[shared..], rejected[shared..]);
    }

    /// <summary>Of two chats; where nothing differs the shorter chat's last message stays an answer's.</summary>
    public static (JsonArray Prompt, JsonArray Chosen, JsonArray Rejected) Of(JsonArray chosen, JsonArray rejected)
    {
        var most = Math.Min(chosen.Count, rejected.Count);
        if (most == 0) throw new DataException("an answer has no message");
        var shared = 0;
        while (shared < most - 1 && JsonNode.DeepEquals(chosen[shared], rejected[shared])) shared++;
        return (Part(chosen, ..shared), Part(chosen, shared..), Part(rejected, shared..));
    }

    static JsonArray Part(JsonArray messages, Range part) => [.. messages.Take(part).Select(message => message?.DeepClone())];
}
