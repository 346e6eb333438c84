// Methods of dict, list, tuple, range and cycler that do not change them.
namespace Majlis.Text.Jinja;

static class ContainerMethods
{
    public static object? Find(PyDict dict, string name) => name switch
    {
        "items" or "keys" or "values" => new Function(name, [], 0, (_, _) => new PyView("dict_" + name, dict)),
        "get" => new Function(name, ["", ""], 1, (_, a) => dict.TryGet(a[0], out var value) ? value : Function.Or(a[1], null)),
        "copy" => new Function(name, [], 0, (_, _) => dict),
        _ => null,
    };

    public static object? Find(object owner, string name) => (owner, name) switch
    {
        (_, "count") => new Function(name, [""], 1, (context, a) =>
        {
            context.Spend(Sequences.Length(owner));
            return (long)Sequences.Iterate(owner).Count(item => PythonCompare.AreEqual(item, a[0]));
        }),
        (_, "index") => new Function(name, ["", "", ""], 1, (context, a) => Index(context, owner, a)),
        (List<object?>, "copy") => new Function(name, [], 0, (_, _) => owner),
        (PyRange range, "start") => range.Start,
        (PyRange range, "stop") => range.Stop,
        (PyRange range, "step") => range.Step,
        _ => null,
    };

    static long Index(RenderContext context, object owner, object?[] a)
    {
        var items = Sequences.Indexed(owner)!;
        context.Spend(items.Count);
        var (start, stop) = (Function.Whole(a[1], 0), Function.Whole(a[2], int.MaxValue));
        if (start < 0) start = Math.Max(0, start + items.Count);
        if (stop < 0) stop += items.Count;
        for (var i = start; i < items.Count && i < stop; i++)
            if (PythonCompare.AreEqual(items[i], a[0])) return i;
        throw JinjaException.Value($"{PythonText.Repr(a[0])} is not in {PythonType.Name(owner)}");
    }

    public static object? Find(Cycler cycler, string name) => name switch
    {
        "next" => new Function(name, [], 0, (_, _) => cycler.Next()),
        "reset" => new Function(name, [], 0, (_, _) =>
        {
            cycler.Reset();
            return null;
        }),
        "current" => cycler.Current ?? new Undefined("the cycler's current value is None"),
        _ => null,
    };
}
