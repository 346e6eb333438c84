// The filters by name: Jinja2's own, and tojson as transformers defines it.
namespace Majlis.Text.Jinja;

static class Filters
{
    static readonly Dictionary<string, Function> all = new[] { TextFilters.All, NumberFilters.All, ListFilters.All, SortFilters.All,
        PickFilters.All }
        .SelectMany(functions => functions).ToDictionary(function => function.Name);

    static readonly HashSet<string> withoutUse = ["pprint", "random", "urlize", "xmlattr"];

    static readonly Dictionary<string, string> aliases = new() { ["d"] = "default", ["e"] = "escape", ["count"] = "length" };

    public static bool Exists(string name) => all.ContainsKey(name) || aliases.ContainsKey(name) || withoutUse.Contains(name);

    public static Function Named(string name) => all.TryGetValue(aliases.GetValueOrDefault(name, name), out var function) ? function
        : throw new JinjaException("TemplateAssertionError",
            withoutUse.Contains(name) ? $"The filter '{name}' is Jinja2's, but has no use in a prompt and is left out here."
                : $"No filter named {PythonText.Repr(name)}.");
}
