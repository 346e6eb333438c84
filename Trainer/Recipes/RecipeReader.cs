// From a recipe's file to a record of options, by the record's own types and attributes: snake-case names, every problem with file, line
// and key, and for a key that is not known the nearest one that is. Knows no option.
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Majlis.Text;

namespace Majlis.Trainer.Recipes;

static class RecipeReader
{
    /// <summary>The options that a recipe may set: the record's properties, those of its base first.</summary>
    public static IEnumerable<(string Name, PropertyInfo Property, MeansAttribute Means)> OptionsOf(Type type) =>
        from property in type.GetProperties().OrderBy(property => property.DeclaringType == type)
        let means = property.GetCustomAttribute<MeansAttribute>()
        where means is not null
        select (JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name), property, means);

    /// <param name="path">Of the recipe.</param>
    /// <param name="problems">What is wrong with the options as a whole, each line beginning with a key.</param>
    /// <exception cref="ModelFormatException">All that is wrong with the file, a line each.</exception>
    public static T Read<T>(string path, Func<T, IEnumerable<string>> problems) where T : class
    {
        var root = RecipeValue.Read(path);
        if (root.Members is null) throw new ModelFormatException($"{path}: expected keys and values, not {root.Written}.");
        var wrong = new List<string>();
        var options = (T)Bind(typeof(T), root, "", wrong, path);
        // What is missing has no value to look at.
        var whole = OptionsOf(typeof(T)).All(option => !IsRequired(option.Property) || option.Property.GetValue(options) is not null);
        if (whole) wrong.AddRange(problems(options).Select(problem => Placed(problem, root, path)));
        return wrong.Count == 0 ? options : throw new ModelFormatException(string.Join('\n', wrong));
    }

    static string Placed(string problem, RecipeValue root, string path) =>
        root.Members!.FirstOrDefault(member => problem.StartsWith(member.Name + ":", StringComparison.Ordinal)).Value is { } value
            ? $"{path} line {value.Line}: {problem}" : $"{path}: {problem}";

    static object Bind(Type type, RecipeValue value, string prefix, List<string> wrong, string path)
    {
        var nullability = new NullabilityInfoContext();
        var (target, known) = (Activator.CreateInstance(type)!, OptionsOf(type).ToArray());
        foreach (var (name, member) in value.Members!)
        {
            var place = $"{path} line {member.Line}: {prefix}{name}";
            if (Array.Find(known, option => option.Name == name) is not { Property: { } property } option)
                wrong.Add($"{place} is not known{Suggestion(name, known)}");
            else if (Convert(property.PropertyType, member, $"{prefix}{name}.", wrong, path, out var converted) is { } expected)
                wrong.Add($"{place}: expected {expected}, not {member.Written}.");
            else if (converted is null && nullability.Create(property).WriteState != NullabilityState.Nullable)
                wrong.Add($"{place}: expected a value, not null.");
            else if (option.Means.Problem(converted) is { } problem) wrong.Add($"{place}: {problem}.");
            else property.SetValue(target, converted);
        }
        foreach (var (name, property, _) in known)
            if (IsRequired(property) && !value.Members!.Any(member => member.Name == name))
                wrong.Add($"{path}: {prefix}{name} is missing.");
        return target;
    }

    // By name: a library brings an attribute of the same name.
    static bool IsRequired(PropertyInfo property) => property.GetCustomAttributesData()
        .Any(attribute => attribute.AttributeType.FullName == "System.Runtime.CompilerServices.RequiredMemberAttribute");

    // peft's own names, as in adapter_config.json, are TRL's without their beginning.
    static string Suggestion(string name, (string Name, PropertyInfo Property, MeansAttribute Means)[] known) =>
        Array.Find(known, option => option.Means.Trl == name || option.Means.Trl == $"lora_{name}") is { Name: { } ours }
            ? $": here it is {ours}."
            : NearestName.Of(name, known.Select(option => option.Name)) is { } near ? $"; did you mean {near}?" : ".";

    /// <summary>Null where the value could be read; else what was expected.</summary>
    static string? Convert(Type type, RecipeValue value, string prefix, List<string> wrong, string path, out object? converted)
    {
        converted = null;
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (value.IsNull && (plain != type || !type.IsValueType)) return null;
        if (plain == typeof(string)) return (converted = value.Text) is null ? "a text" : null;
        if (plain == typeof(bool)) return Flag(value, out converted);
        if (plain == typeof(int))
            return Number(value, out var number) && number == Math.Floor(number) && Math.Abs(number) <= int.MaxValue
                ? Set(out converted, (int)number) : "a whole number";
        if (plain == typeof(double)) return Number(value, out var real) ? Set(out converted, real) : "a number";
        if (plain.IsArray) return List(plain.GetElementType()!, value, prefix, wrong, path, out converted);
        if (typeof(System.Collections.IDictionary).IsAssignableFrom(plain))
            return Map(plain, value, prefix, wrong, path, out converted);
        if (value.Members is null) return "keys and values";
        converted = Bind(plain, value, prefix, wrong, path);
        return null;
    }

    static string? Set(out object? converted, object value)
    {
        converted = value;
        return null;
    }

    static string? Flag(RecipeValue value, out object? converted)
    {
        converted = value.IsQuoted ? null : value.Text?.ToLowerInvariant() switch
        {
            "true" or "yes" or "on" => true,
            "false" or "no" or "off" => false,
            _ => null,
        };
        return converted is null ? "true or false" : null;
    }

    static bool Number(RecipeValue value, out double number)
    {
        number = 0;
        return !value.IsQuoted && double.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out number)
            && double.IsFinite(number);
    }

    // One value where a list is expected is a list of one, as in mergekit and TRL.
    static string? List(Type type, RecipeValue value, string prefix, List<string> wrong, string path, out object? converted)
    {
        var items = value.Items ?? [value];
        var list = Array.CreateInstance(type, items.Count);
        converted = list;
        for (var i = 0; i < items.Count; i++)
        {
            if (Convert(type, items[i], prefix, wrong, path, out var item) is { } expected) return $"{expected}, or a list";
            list.SetValue(item, i);
        }
        return null;
    }

    static string? Map(Type type, RecipeValue value, string prefix, List<string> wrong, string path, out object? converted)
    {
        var map = (System.Collections.IDictionary)Activator.CreateInstance(type)!;
        converted = map;
        if (value.Members is null) return "names and values";
        foreach (var (name, member) in value.Members)
        {
            if (Convert(type.GetGenericArguments()[1], member, prefix, wrong, path, out var item) is { } expected)
                return $"names and values, each {expected}";
            map[name] = item;
        }
        return null;
    }
}
