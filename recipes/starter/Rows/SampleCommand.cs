// Prints items of a mixture for people to read, and how many tokens each kind takes. Knows no files.
using Majlis.Text.Chat;
using Majlis.Text.Tokenizers;

namespace Majlis.recipes.starter.Rows;

static class SampleCommand
{
    /// <param name="modelFolder">Where tokenizer and chat template lie.</param>
    public static void Run(string mixture, int count, ulong seed, string modelFolder)
    {
        var tokenizer = TextTokenizer.FromJson(Path.Combine(modelFolder, "tokenizer.json"));
        var template = TemplateFiles.Read(modelFolder)!;
        var drawn = Mixture.Named(mixture);
        var items = Enumerable.Range(0, count).Select(index => drawn.Draw(seed, index)).ToList();
        int Tokens(Item item, string answer) => ChatPrompt.Encode(template, tokenizer,
            new Conversation(item.Messages(answer)) { Documents = item.DocumentsJson }).Length;
        foreach (var item in items.Take(200)) Print(item);
        Console.WriteLine("| kind | language | items | tokens, brief | tokens, elaborate | most |\n|---|---|---|---|---|---|");
        foreach (var kind in items.GroupBy(item => (item.Kind, item.Language)).OrderBy(kind => kind.Key))
        {
            var brief = kind.Average(item => Tokens(item, item.Brief));
            var elaborate = kind.Select(item => Tokens(item, item.Elaborate)).ToList();
            Console.WriteLine(FormattableString.Invariant($"| {kind.Key.Kind} | {kind.Key.Language.Code()} | {kind.Count()} | ")
                + FormattableString.Invariant($"{brief:F0} | {elaborate.Average():F0} | {elaborate.Max()} |"));
        }
    }

    static void Print(Item item)
    {
        Console.WriteLine($"== {item.Kind} {item.Language.Code()}");
        foreach (var (index, passage) in item.Documents.Index()) Console.WriteLine($"  [{index}] {passage.Title} | {passage.Text}");
        foreach (var (index, text) in item.History.Index()) Console.WriteLine($"{(index % 2 == 0 ? "Q" : "A")}: {text}");
        Console.WriteLine($"Q: {item.Question}\nbrief: {item.Brief}\nelaborate: {item.Elaborate}");
        Console.WriteLine($"wrong: {string.Join(" // ", item.Wrong)}\n");
    }
}
