// Rows for the Trainer: conversations with their answer for SFT, and pairs of answers for DPO. Knows no mixture.
using System.Text.Json.Nodes;
using Majlis.recipes.starter.Checks;
using Majlis.recipes.starter.Grammar;

namespace Majlis.recipes.starter.Rows;

/// <summary>TRL's conversational form; <c>documents</c> is an argument of the chat template.</summary>
public sealed record ConversationRow(JsonArray Messages, JsonArray? Documents);

public sealed record PairRow(JsonArray Prompt, JsonArray Chosen, JsonArray Rejected, JsonArray? Documents);

public static class TrainingRows
{
    // Apart from the choices that made the item.
    const ulong StyleSeed = 0x5374796C65;

    // Conversations that begin with a system message which changes nothing, as clients send one.
    const double WithSystem = 0.06;

    static readonly Dictionary<Language, List<Pattern>> systems = Names.Languages.ToDictionary(language => language,
        language => Section.Of(Split.Training, "system", language)[0].Patterns("text"));

    /// <summary>The first <paramref name="count"/> items, each with a brief or an elaborate answer, half and half.</summary>
    public static IEnumerable<ConversationRow> Conversations(Mixture mixture, ulong seed, int count) =>
        Enumerable.Range(0, count).Select(index => Conversation(mixture.Draw(seed, index), Style(seed, index)));

    /// <summary>
    /// Pairs in which the checks tell the chosen answer from the rejected one and the style is the same: half of them brief, half with the
    /// same further sentences on both sides.
    /// </summary>
    public static IEnumerable<PairRow> Pairs(Mixture mixture, ulong seed, int count) =>
        Enumerable.Range(0, int.MaxValue).Select(index => Pair(mixture.Draw(seed, index), Style(seed, index)))
            .OfType<PairRow>().Take(count);

    static ConversationRow Conversation(Item item, Chance style)
    {
        var messages = item.Messages(style.Happens(0.5) ? item.Brief : item.Elaborate);
        if (style.Happens(WithSystem))
            messages.Insert(0, Item.Message("system", style.Pick(systems[item.Language]).Fill(style, name => name)));
        return new ConversationRow(messages, item.DocumentsJson);
    }

    static PairRow? Pair(Item item, Chance style)
    {
        if (item.Wrong.Count == 0) return null;
        var (chosen, rejected) = (item.Brief, style.Pick(item.Wrong));
        if (style.Happens(0.5))
        {
            var further = string.Join(' ', Texts.Sentences(item.Elaborate).Skip(1));
            (chosen, rejected) = (item.Elaborate, $"{rejected} {further}".TrimEnd());
        }
        if (!IsGood(item, chosen) || IsGood(item, rejected)) return null;
        return new PairRow(item.Messages(), [Item.Answer(chosen)], [Item.Answer(rejected)], item.DocumentsJson);
    }

    static bool IsGood(Item item, string answer) => item.Check.Judge(answer, item) is { IsRight: true, Citation: not false };

    static Chance Style(ulong seed, int index) => Chance.Of(seed ^ StyleSeed, index);
}
