// Tokenizers against what Hugging Face's library, sentencepiece and llama.cpp gave: every id, offset, text and streamed piece.
using System.Text.Json;
using Majlis.Model.Tokenizers;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Model;

public sealed class TokenizerGolden
{
    public static TheoryData<string> Names => [.. Directory.Exists(Shared.Golden("text"))
        ? Directory.EnumerateFiles(Shared.Golden("text"), "tok_*.json").Select(path => Path.GetFileNameWithoutExtension(path)[4..]).Order()
        : Enumerable.Repeat("absent", 1)];

    [Theory, MemberData(nameof(Names)), Trait("Golden", "Text")]
    public void Text_becomes_the_same_ids_and_ids_the_same_text(string name)
    {
        Assert.SkipWhen(name == "absent", "goldens/text is not here");
        using var golden = JsonDocument.Parse(File.ReadAllBytes(Shared.Golden("text", $"tok_{name}.json")));
        using var strings = JsonDocument.Parse(File.ReadAllBytes(Shared.Golden("text", "strings.json")));
        var texts = strings.RootElement.GetProperty("strings").EnumerateArray().ToDictionary(
            entry => entry.GetProperty("i").GetInt32(), entry => entry.GetProperty("text").GetString()!);
        var check = new TokenizerCheck(StoredTokenizers.Open(name));
        foreach (var entry in golden.RootElement.GetProperty("cases").EnumerateArray())
            check.Case(texts[entry.GetProperty("i").GetInt32()], entry);
        foreach (var entry in golden.RootElement.GetProperty("random_ids").EnumerateArray()) check.Ids(entry, "random ids");
        check.Size(golden.RootElement.GetProperty("vocab_size").GetInt32());
        GoldenReport.Line("Text", $"tokenizer {name}", check.Mismatches.Count, 0);
        Assert.True(check.Mismatches.Count == 0, $"{check.Mismatches.Count} of {check.Checked} differ:\n" + string.Join("\n", check.Mismatches.Take(12)));
    }
}
