// A recipe's options for people: name, default, meaning, from the record itself. Knows no option.
using System.Collections;
using System.Globalization;
using System.Text;

namespace Majlis.Trainer.Recipes;

static class RecipeHelp
{
    const int Column = 28;

    /// <summary>A line for each option; those of an inner record are indented.</summary>
    public static string Of(Type type) => Of(type, "  ");

    static string Of(Type type, string indent)
    {
        var (text, defaults) = (new StringBuilder(), Activator.CreateInstance(type)!);
        foreach (var (name, property, means) in RecipeReader.OptionsOf(type))
        {
            var words = means.OneOf.Length == 0 ? "" : $" One of {string.Join(", ", means.OneOf)}.";
            text.Append((indent + name).PadRight(Column)).Append(means.Text).Append(words).Append(Default(property.GetValue(defaults)))
                .Append('\n');
            if (RecipeReader.OptionsOf(property.PropertyType).Any()) text.Append(Of(property.PropertyType, indent + "  "));
        }
        return text.ToString();
    }

    public static string Default(object? value) => value switch
    {
        null or "" => "",
        string text => $" [{text}]",
        bool flag => flag ? " [true]" : " [false]",
        IDictionary => "",
        IEnumerable list => list.Cast<object>().ToArray() is { Length: > 0 } items ? $" [{string.Join(", ", items)}]" : "",
        IFormattable number => $" [{number.ToString(null, CultureInfo.InvariantCulture)}]",
        _ => "",
    };
}
