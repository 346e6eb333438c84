// The known name that a misspelt one is nearest to. Knows no option.
namespace Majlis.Trainer.Recipes;

static class NearestName
{
    /// <summary>Null where no name is near: more than two letters, or a third of them, would have to change (Levenshtein).</summary>
    public static string? Of(string word, IEnumerable<string> names) =>
        names.Select(name => (Name: name, Distance: Distance(word, name))).Where(near => near.Distance <= Math.Max(2, near.Name.Length / 3))
            .Where(near => near.Distance < near.Name.Length - 1).OrderBy(near => near.Distance).Select(near => near.Name).FirstOrDefault();

    static int Distance(string word, string name)
    {
        var row = Enumerable.Range(0, name.Length + 1).ToArray();
        for (var i = 1; i <= word.Length; i++)
        {
            var corner = row[0];
            row[0] = i;
            for (var j = 1; j <= name.Length; j++)
                (corner, row[j]) = (row[j], Math.Min(corner + (word[i - 1] == name[j - 1] ? 0 : 1), Math.Min(row[j], row[j - 1]) + 1));
        }
        return row[^1];
    }
}
