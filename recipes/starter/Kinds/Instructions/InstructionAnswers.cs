// Brief and elaborate answers in each form: a brief one is about as short as the form allows. Knows no wording of instructions.
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Majlis.recipes.starter.Checks;
using Majlis.recipes.starter.Grammar;

namespace Majlis.recipes.starter.Kinds.Instructions;

public sealed class InstructionAnswers(Language language)
{
    static readonly JsonSerializerOptions json =
        new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.BasicLatin, UnicodeRanges.Arabic) };

    readonly Dictionary<string, Section> wordings = Section.Shared("instructions", language).ToDictionary(section => section.Name);

    public List<string> Keys(Chance chance) =>
        [chance.Pick(wordings["json"].List("first")), chance.Pick(wordings["json"].List("second"))];

    public string Closing(Chance chance) => chance.Pick(wordings["end"].List("value"));

    public (string Brief, string Elaborate) Write(FormCheck form, Topic topic, Chance chance)
    {
        var (one, three) = (topic.Text(1, chance), topic.Text(3, chance));
        return form.Rule switch
        {
            "about" => (one, About(topic, chance)),
            "max_words" => (one, Longest(form.Number, topic, chance)),
            "sentences" => (topic.Text(form.Number, chance), Long(form.Number, topic, chance)),
            "bullets" => (Bullets(topic.Parts, form.Number, chance), Bullets(topic.Sentences, form.Number, chance)),
            "keywords" => Keywords(form.Words, topic, chance),
            "json" => (Json(form.Words, topic, one), Json(form.Words, topic, three)),
            "end" => ($"{one} {form.Words[0]}", $"{three} {form.Words[0]}"),
            "quotes" => ($"\"{one}\"", $"\"{three}\""),
            "title" => ($"{Title(topic)}\n{one}", $"{Title(topic)}\n{three}"),
            "lowercase" => (one.ToLowerInvariant(), three.ToLowerInvariant()),
            "diacritics" => (Some(topic.Vocalised, 1, chance), Some(topic.Vocalised, 3, chance)),
            "verb_present" => (Plain(topic.Present, 1, chance), Plain(topic.Present, 3, chance)),
            "verb_past" => (Plain(topic.Past, 1, chance), Plain(topic.Past, 2, chance)),
            _ => (one, three),
        };
    }

    string About(Topic topic, Chance chance)
    {
        var sentences = chance.Some(topic.Sentences, 3);
        return wordings["about"].Patterns("open")[0].Fill(chance, name => name switch
        {
            "s1" => sentences[0].TrimEnd('.'),
            "s2" => char.ToLowerInvariant(sentences[1][0]) + sentences[1][1..].TrimEnd('.'),
            _ => sentences[2],
        });
    }

    // Two or three sentences, as the limit allows.
    static string Longest(int words, Topic topic, Chance chance) =>
        topic.Text(3, chance) is var three && Texts.WordCount(three) <= words ? three : topic.Text(2, chance);

    // As many sentences of two each as there are.
    string Long(int count, Topic topic, Chance chance)
    {
        var all = chance.Shuffled(topic.Sentences);
        return string.Join(' ', Enumerable.Range(0, count).Select(index =>
            count + index < all.Count ? Wording.Joined(all[index], all[count + index], language) : all[index]));
    }

    static string Bullets(List<string> texts, int count, Chance chance) =>
        string.Join('\n', chance.Some(texts, count).Select(text => "* " + Wording.Sentence(text.TrimEnd('.'))));

    (string, string) Keywords(IReadOnlyList<string> words, Topic topic, Chance chance)
    {
        string Say(string key) => Wording.Sentence(wordings["keywords"].Patterns(key)[0]
            .Fill(chance, name => name == "t" ? topic.Name : words[name == "x" ? 0 : 1]));
        return (Say("brief"), $"{Say("brief")} {Say("more")} {topic.Text(1, chance)}");
    }

    static string Json(IReadOnlyList<string> keys, Topic topic, string text) =>
        new JsonObject { [keys[0]] = topic.Name.Text, [keys[1]] = text }.ToJsonString(json);

    static string Title(Topic topic) => $"<<{Wording.Sentence(topic.Name.Text)}>>";

    static string Some(List<string> sentences, int count, Chance chance) => string.Join(' ', chance.Some(sentences, count));

    static string Plain(List<string> sentences, int count, Chance chance) => Texts.WithoutMarks(Some(sentences, count, chance));
}
