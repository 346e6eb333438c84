// Writing about a topic in a form that a rule can check: IFEval's kinds that a small model can learn, and two of Arabic alone.
using Majlis.recipes.starter.Checks;
using Majlis.recipes.starter.Grammar;

namespace Majlis.recipes.starter.Kinds.Instructions;

public sealed class InstructionTask(Language language, Split split) : ITaskKind
{
    readonly List<Topic> topics = Topic.All(language);
    readonly InstructionAnswers answers = new(language);

    // Without a rule ("about") there is nothing to check, so only training has it.
    readonly List<Section> asks = Section.Of(split, "instructions", language);

    public string Name => "instructions";

    public Item Make(Chance chance)
    {
        var ask = chance.Pick(asks);
        var topic = chance.Pick(topics);
        var form = Form(ask.Name, topic, chance);
        Term Slot(string name) => name switch
        {
            "t" => topic.Name,
            "n" => $"{form.Number}",
            "x" or "k" or "z" => form.Words[0],
            "y" or "l" => form.Words[1],
            _ => throw new FormatException($"An instruction has the slot '{name}'; it can have t, n, x, y, k, l and z."),
        };
        var question = Wording.Sentence(chance.Pick(ask.Patterns("ask")).Fill(chance, Slot));
        var (brief, elaborate) = answers.Write(form, topic, chance);
        AnswerCheck check = ask.Name == "about" ? new WordCheck([.. topic.Sentences.Select(sentence => sentence.TrimEnd('.'))]) : form;
        return new Item(Name, language, question, [], brief, elaborate, check, Wrong(form, topic, chance));
    }

    FormCheck Form(string rule, Topic topic, Chance chance) => rule switch
    {
        "max_words" => new(rule, chance.Between(15, 40), []),
        "sentences" => new(rule, chance.Between(3, 4), []),
        "bullets" => new(rule, chance.Between(3, 5), []),
        "keywords" => new(rule, 0, chance.Some(topic.Parts, 2)),
        "json" => new(rule, 0, answers.Keys(chance)),
        "end" => new(rule, 0, [answers.Closing(chance)]),
        _ => new(rule, 0, []),
    };

    // Texts that break the rule, in the order of how near they are.
    List<string> Wrong(FormCheck form, Topic topic, Chance chance)
    {
        if (form.Rule == "about") return [];
        var other = form with { Number = form.Number + 1 };
        var sentences = chance.Shuffled(topic.Sentences);
        string[] tries =
        [
            answers.Write(other, topic, chance).Brief,
            sentences[0],
            $"{sentences[0].TrimEnd('.')}{(language == Language.English ? "," : "،")} {sentences[1]}",
            string.Join(' ', sentences.Concat(topic.Sentences).Concat(topic.Sentences)),
        ];
        return [.. tries.Where(text => !Forms.Holds(form, text)).Take(2)];
    }
}
