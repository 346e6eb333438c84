// map, select, reject and their attribute forms: lazy, like Python's generators.
namespace Majlis.Text.Jinja;

static class PickFilters
{
    public static Function[] All { get; } =
    [
        new("map", (context, arguments) => new PyGenerator(Map(context, arguments))),
        new("select", (context, arguments) => new PyGenerator(Pick(context, arguments, wanted: true, byAttribute: false))),
        new("reject", (context, arguments) => new PyGenerator(Pick(context, arguments, wanted: false, byAttribute: false))),
        new("selectattr", (context, arguments) => new PyGenerator(Pick(context, arguments, wanted: true, byAttribute: true))),
        new("rejectattr", (context, arguments) => new PyGenerator(Pick(context, arguments, wanted: false, byAttribute: true))),
    ];

    static IEnumerable<object?> Map(RenderContext context, Arguments arguments)
    {
        if (!PythonCompare.Truth(arguments.Positional[0])) yield break;
        var change = Change(context, arguments);
        foreach (var item in Sequences.Iterate(arguments.Positional[0]))
        {
            context.Spend(1);
            yield return change(item);
        }
    }

    static Func<object?, object?> Change(RenderContext context, Arguments arguments)
    {
        if (arguments.Positional.Count == 1 && arguments.Named.Any(argument => argument.Name == "attribute"))
        {
            if (arguments.Named.FirstOrDefault(argument => argument.Name is not ("attribute" or "default")).Name is { } unknown)
                throw new JinjaException("FilterArgumentError", $"Unexpected keyword argument {PythonText.Repr(unknown)}");
            return AttributePath.Reader(Named("attribute"), Named("default"));
        }
        if (arguments.Positional.Count < 2) throw new JinjaException("FilterArgumentError", "map requires a filter argument");
        var filter = Filters.Named(PythonText.Print(arguments.Positional[1]));
        var rest = arguments with { Positional = [.. arguments.Positional.Skip(2)] };
        return item => filter.Call(context, rest.After(item));

        object? Named(string name) => arguments.Named.FirstOrDefault(argument => argument.Name == name).Value;
    }

    static IEnumerable<object?> Pick(RenderContext context, Arguments arguments, bool wanted, bool byAttribute)
    {
        if (!PythonCompare.Truth(arguments.Positional[0])) yield break;
        var used = byAttribute ? 2 : 1;
        if (arguments.Positional.Count < used) throw new JinjaException("FilterArgumentError", "Missing parameter for attribute name");
        var read = AttributePath.Reader(byAttribute ? arguments.Positional[1] : null);
        var test = arguments.Positional.Count > used ? TestFunctions.Named(PythonText.Print(arguments.Positional[used])) : null;
        var rest = arguments with { Positional = [.. arguments.Positional.Skip(used + 1)] };
        foreach (var item in Sequences.Iterate(arguments.Positional[0]))
        {
            context.Spend(1);
            var value = read(item);
            if (PythonCompare.Truth(test is null ? value : test.Call(context, rest.After(value))) == wanted) yield return item;
        }
    }
}
