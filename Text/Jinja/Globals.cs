// The functions that every template can call, as transformers' environment defines them.
namespace Majlis.Text.Jinja;

static class Globals
{
    public const int LongestRange = 100_000;

    public static IReadOnlyDictionary<string, object?> All { get; } = new Dictionary<string, object?>
    {
        ["range"] = new Function("range", ["", "", ""], 1, (_, a) => Range(a)),
        ["dict"] = new Function("dict", (_, arguments) => Dict(arguments)),
        ["namespace"] = new Function("namespace", (_, arguments) => new Namespace(Dict(arguments))),
        ["cycler"] = new Function("cycler", (_, arguments) => arguments.Positional.Count > 0 ? new Cycler([.. arguments.Positional])
            : throw new JinjaException("RuntimeError", "at least one item has to be provided")),
        ["joiner"] = new Function("joiner", ["sep"], 0, (_, a) => Joiner(PythonText.Print(Function.Or(a[0], ", ")))),
        ["lipsum"] = new Function("lipsum", (_, _) =>
            throw new JinjaException("TemplateRuntimeError", "lipsum: prompts hold no random filler text")),
        ["raise_exception"] = new Function("raise_exception", ["message"], 1, (_, a) =>
            throw new TemplateRefusedException(PythonText.Print(a[0]))),
        ["strftime_now"] = new Function("strftime_now", ["format"], 1, (context, a) =>
            StrFTime.Format(context.Now, StringMethods.Text(a[0]))),
        ["self"] = new TemplateReference(),
    };

    static PyRange Range(object?[] a)
    {
        var one = ReferenceEquals(a[1], Function.Absent);
        var range = new PyRange(one ? 0 : PythonNumber.Index(a[0]), PythonNumber.Index(one ? a[0] : a[1]), Function.Whole(a[2], 1));
        if (range.Step == 0) throw JinjaException.Value("range() arg 3 must not be zero");
        return range.Length <= LongestRange ? range
            : throw new JinjaException("OverflowError",
                $"Range too big. The sandbox blocks ranges larger than MAX_RANGE ({LongestRange}).");
    }

    static PyDict Dict(Arguments arguments)
    {
        var dict = new PyDict();
        if (arguments.Positional.Count > 1)
            throw JinjaException.Type($"dict expected at most 1 argument, got {arguments.Positional.Count}");
        foreach (var source in arguments.Positional)
        {
            if (source is Undefined undefined) throw undefined.Error();
            if (source is PyDict other) foreach (var (key, value) in other.Items) dict[key] = value;
            else AddPairs(dict, source);
        }
        foreach (var (name, value) in arguments.Named) dict[name] = value;
        return dict;
    }

    static void AddPairs(PyDict dict, object? source)
    {
        foreach (var pair in Sequences.Iterate(source))
        {
            var items = Sequences.Iterate(pair).ToList();
            if (items.Count != 2) throw JinjaException.Value($"dictionary update sequence element has length {items.Count}; 2 is required");
            dict[items[0]] = items[1];
        }
    }

    static Function Joiner(string separator)
    {
        var used = false;
        return new Function("joiner", [], 0, (_, _) =>
        {
            var text = used ? separator : "";
            used = true;
            return text;
        });
    }
}
