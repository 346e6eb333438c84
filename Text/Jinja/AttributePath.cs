// Dotted paths as filters take them ("address.city", "0.name"): reads one item after another.
using System.Globalization;

namespace Majlis.Text.Jinja;

static class AttributePath
{
    /// <summary>Reads the path from an item; without a path, returns the item itself. A step that finds nothing gives
    /// <paramref name="fallback"/>.</summary>
    public static Func<object?, object?> Reader(object? path, object? fallback = null)
    {
        object?[] parts = path switch
        {
            null => [],
            string or Markup => [.. path.ToString()!.Split('.').Select(Part)],
            _ => [path],
        };
        return item =>
        {
            foreach (var part in parts)
            {
                item = Access.Item(item, part);
                if (fallback is not null && item is Undefined) item = fallback;
            }
            return item;
        };
    }

    static object? Part(string part) =>
        part.Length is > 0 and < 10 && part.All(char.IsAsciiDigit) ? long.Parse(part, CultureInfo.InvariantCulture) : part;
}
