// What the benchmark of masks finds with one vocabulary: counts, times and reasons. Knows neither files nor options.
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Majlis.Inference.Grammars;
using Majlis.Inference.Grammars.Json;
using Majlis.Text.Tokenizers;

namespace Majlis.benchmarks;

sealed class MaskRun((string Name, TextTokenizer Tokenizer) vocabulary)
{
    static readonly JsonSerializerOptions plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly TokenTrie trie = new(vocabulary.Tokenizer, vocabulary.Tokenizer.VocabularySize);
    readonly List<double> compiling = [], masking = [];
    readonly Dictionary<string, int> reasons = [];
    int schemas, valid, invalid, unordered, refused, accepted, cut, forced;

    /// <summary>Values that were wrongly refused or accepted.</summary>
    public List<string> Wrong { get; } = [];

    public void Forget()
    {
        (schemas, valid, invalid, unordered, refused, accepted, cut, forced) = (0, 0, 0, 0, 0, 0, 0, 0);
        compiling.Clear();
        masking.Clear();
        reasons.Clear();
        Wrong.Clear();
    }

    /// <summary>Compiles a schema and writes its values.</summary>
    public void Take(JsonElement entry)
    {
        schemas++;
        var schema = entry.GetProperty("schema");
        if (Compiled(schema.GetRawText()) is not { } grammar) return;
        foreach (var test in entry.GetProperty("tests").EnumerateArray())
        {
            var (fits, data) = (test.GetProperty("valid").GetBoolean(), test.GetProperty("data"));
            var text = JsonSerializer.Serialize(data, plain);
            var written = Writes(grammar, text);
            if (fits) valid++;
            else invalid++;
            if (written == fits) continue;
            if (fits && !PropertyOrder.Holds(schema, data)) unordered++;
            else Wrong.Add($"{entry.GetProperty("file")} {(fits ? "refused" : "accepted")}: {text[..Math.Min(text.Length, 400)]}");
            if (!fits) accepted++;
            else refused++;
        }
    }

    public IEnumerable<string> Lines()
    {
        var name = $"\"vocabulary\": \"{vocabulary.Name}\"";
        yield return FormattableString.Invariant($"{name}, \"tokens\": {trie.VocabularySize}, \"schemas\": {schemas}, ") +
            FormattableString.Invariant($"\"compiled\": {compiling.Count}, \"compiled_share\": {(double)compiling.Count / schemas:0.0000}");
        yield return FormattableString.Invariant($"{name}, \"valid\": {valid}, \"valid_refused\": {refused - unordered}, ") +
            FormattableString.Invariant($"\"valid_in_other_order\": {unordered}, \"invalid\": {invalid}, ") +
            FormattableString.Invariant($"\"invalid_accepted\": {accepted}, \"cut_by_a_bound\": {cut}");
        yield return $"{name}, \"compile_ms\": {Times(compiling, 1)}";
        yield return $"{name}, \"mask_us\": {Times(masking, 1000)}";
        yield return FormattableString.Invariant($"{name}, \"forced_share\": {(double)forced / masking.Count:0.0000}");
        foreach (var (reason, count) in reasons.OrderByDescending(one => one.Value))
            yield return $"{name}, \"refused\": {JsonSerializer.Serialize(reason, plain)}, \"schemas\": {count}";
    }

    /// <summary>The slowest mask but one in a hundred, as a share of a step in milliseconds.</summary>
    public string Beside(double step) => FormattableString.Invariant(
        $"\"vocabulary\": \"{vocabulary.Name}\", \"step_ms\": {step:0.##}, \"mask_p99_share\": {At(masking, 0.99) / step:0.0000}");

    Grammar? Compiled(string schema)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            var grammar = new SchemaSource(schema, JsonLayout.Indented).Compile();
            compiling.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            return grammar;
        }
        catch (GrammarException wrong)
        {
            var reason = Reason(wrong.Message);
            reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
            return null;
        }
    }

    /// <summary>Whether all tokens are allowed, and then the end. A token's time is that of its mask and of going on with it.</summary>
    bool Writes(Grammar grammar, string text)
    {
        try
        {
            var constraint = new TokenConstraint(grammar, trie);
            foreach (var token in vocabulary.Tokenizer.Encode(text, false, specialsAsText: true))
            {
                var start = Stopwatch.GetTimestamp();
                var mask = constraint.Mask;
                var allowed = mask.Allows(token);
                if (allowed) constraint.Advance(token);
                masking.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                if (mask.Forced is not null) forced++;
                if (!allowed) return false;
            }
            return constraint.Mask.MayEnd;
        }
        catch (GrammarException)
        {
            cut++;
            return false;
        }
    }

    /// <summary>The keyword at the end of the place, and what is said of it without the place.</summary>
    static string Reason(string message)
    {
        var cut = message.IndexOf(": ", StringComparison.Ordinal);
        if (!message.StartsWith("At #", StringComparison.Ordinal) || cut < 0) return message;
        var keyword = message[(message.LastIndexOf('/', cut) + 1)..cut];
        return $"{keyword}: {message[(cut + 2)..Math.Min(message.Length, cut + 72)]}";
    }

    static string Times(List<double> milliseconds, double scale)
    {
        var times = milliseconds.ConvertAll(time => time * scale);
        var shares = new[] { ("p50", 0.5), ("p99", 0.99), ("p999", 0.999), ("max", 1.0) }
            .Select(one => FormattableString.Invariant($"\"{one.Item1}\": {At(times, one.Item2):0.###}"));
        return FormattableString.Invariant($"{{\"count\": {times.Count}, \"mean\": {times.Average():0.###}, ")
            + string.Join(", ", shares) + "}";
    }

    static double At(List<double> times, double share) => times.Order().ElementAt((int)(share * (times.Count - 1)));
}
