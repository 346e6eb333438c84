// Tokenizers against Hugging Face's library and llama.cpp: every id, offset, text and streamed piece.
using System.Text.Json;
using Majlis.tests.Support;
using Majlis.Text.Tokenizers;
using Xunit;

namespace Majlis.tests.Text;

public sealed class TokenizerGolden
{
    const string Absent = "absent";
    const string Arrow = " from ";

    /// <summary>A row for each definition of each golden tokenizer: "smollm2 from smollm2.json.gz".</summary>
    public static TheoryData<string> Definitions => [.. Names()
        .SelectMany(name => StoredTokenizers.Definitions(name).Select(Path.GetFileName).DefaultIfEmpty(Absent)
            .Select(file => name + Arrow + file))
        .DefaultIfEmpty(Absent)];

    public static TheoryData<string> Vocabularies => [.. Vectors().DefaultIfEmpty(Absent)];

    [Theory, MemberData(nameof(Definitions)), Trait("Golden", "Text")]
    public void Text_becomes_the_same_ids_and_ids_the_same_text(string row)
    {
        var (name, tokenizer) = Open(row);
        var check = Check(name, tokenizer);
        GoldenReport.Line("Text", $"tokenizer {row}", check.Mismatches.Count, 0);
        Assert.True(check.Mismatches.Count == 0, $"{check.Mismatches.Count} of {check.Checked} differ:\n"
            + string.Join("\n", check.Mismatches.Take(12)));
    }

    [Theory, MemberData(nameof(Definitions))]
    public void Written_as_tokenizer_json_it_is_the_same_tokenizer(string row)
    {
        var (name, tokenizer) = Open(row);
        var written = TextTokenizer.ParseJson(System.Text.Encoding.UTF8.GetBytes(tokenizer.ToJson()), "written");
        Assert.Empty(Check(name, written).Mismatches);
    }

    /// <summary>llama.cpp's own vectors: inputs parted by a line, one line of ids each, special tokens read as text.</summary>
    [Theory, MemberData(nameof(Vocabularies)), Trait("Golden", "Text")]
    public void Llama_cpp_vectors_are_met(string name)
    {
        var folder = Shared.Require(Shared.Data("data", "llamacpp-vocabs"));
        var inputs = File.ReadAllText(Path.Combine(folder, $"ggml-vocab-{name}.gguf.inp")).Split("\n__ggml_vocab_test__\n");
        var outputs = File.ReadAllLines(Path.Combine(folder, $"ggml-vocab-{name}.gguf.out"));
        var tokenizer = StoredTokenizers.Open(StoredTokenizers.Definitions(name).First());
        var wrong = inputs.Zip(outputs, (input, expected) => (Input: input, Expected: expected.Trim(),
                Found: string.Join(' ', tokenizer.Encode(input, addSpecialTokens: false, specialsAsText: true))))
            .Where(line => line.Found != line.Expected)
            .Select(line => $"{JsonSerializer.Serialize(line.Input)}\n  expected {line.Expected}\n  found    {line.Found}").ToList();
        GoldenReport.Line("Text", $"llama.cpp vectors {name}", wrong.Count, 0);
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {inputs.Length} differ:\n" + string.Join("\n", wrong));
    }

    static IEnumerable<string> Names() => Directory.Exists(Shared.Golden("text"))
        ? Directory.EnumerateFiles(Shared.Golden("text"), "tok_*.json").Select(path => Path.GetFileNameWithoutExtension(path)[4..]).Order()
        : [];

    static IEnumerable<string> Vectors() => Directory.Exists(Shared.Data("data", "llamacpp-vocabs"))
        ? Directory.EnumerateFiles(Shared.Data("data", "llamacpp-vocabs"), "*.inp")
            .Select(path => Path.GetFileName(path)["ggml-vocab-".Length..^".gguf.inp".Length])
            .Where(name => StoredTokenizers.Definitions(name).Any()).Order()
        : [];

    internal static (string Name, TextTokenizer Tokenizer) Open(string row)
    {
        Assert.SkipWhen(row.EndsWith(Absent, StringComparison.Ordinal), $"the definition is not here: {row}");
        var parts = row.Split(Arrow);
        return (parts[0], StoredTokenizers.Open(StoredTokenizers.Definitions(parts[0]).First(path => Path.GetFileName(path) == parts[1])));
    }

    static TokenizerCheck Check(string name, TextTokenizer tokenizer)
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(Shared.Golden("text", $"tok_{name}.json")));
        using var strings = JsonDocument.Parse(File.ReadAllBytes(Shared.Golden("text", "strings.json")));
        var texts = strings.RootElement.GetProperty("strings").EnumerateArray().ToDictionary(
            entry => entry.GetProperty("i").GetInt32(), entry => entry.GetProperty("text").GetString()!);
        var check = new TokenizerCheck(tokenizer);
        foreach (var entry in golden.RootElement.GetProperty("cases").EnumerateArray())
            check.Case(texts[entry.GetProperty("i").GetInt32()], entry);
        foreach (var entry in golden.RootElement.GetProperty("random_ids").EnumerateArray()) check.Ids(entry, "random ids");
        check.Size(golden.RootElement.GetProperty("vocab_size").GetInt32());
        return check;
    }
}
