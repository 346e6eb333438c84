// The names of Python's types, as its messages print them.
using System.Numerics;

namespace Majlis.Text.Jinja;

static class PythonType
{
    public static string Name(object? value) => value switch
    {
        null => "NoneType",
        bool => "bool",
        long or BigInteger => "int",
        double => "float",
        string => "str",
        Markup => "Markup",
        List<object?> => "list",
        PyTuple => "tuple",
        PyDict => "dict",
        PyRange => "range",
        PyView view => view.Kind,
        PyGenerator generator => generator.TypeName,
        Function => "builtin_function_or_method",
        MacroValue => "Macro",
        LoopState => "LoopContext",
        _ => value.GetType().Name,
    };

    /// <summary>How Jinja2 names the owner of a missing attribute: "dict object", "None".</summary>
    public static string Qualified(object? value) => value is null ? "None" : Name(value) + " object";
}
