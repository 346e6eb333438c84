// Which examples share a row of at most so many tokens: best fit, longest first (TRL's bfd). Knows lengths only.
namespace Majlis.Trainer.Supervised.Data;

public static class Packing
{
    /// <summary>Every example in a row of its own.</summary>
    public static IReadOnlyList<int[]> None(int count) => [.. Enumerable.Range(0, count).Select(index => new[] { index })];

    /// <summary>
    /// Rows of example indices, in the order they were begun. An example goes to the fullest row with room for it, of several to the one
    /// that has waited longest.
    /// </summary>
    /// <param name="lengths">Tokens of each example, none above <paramref name="room"/>.</param>
    /// <param name="room">Tokens of a row.</param>
    public static IReadOnlyList<int[]> BestFit(IReadOnlyList<int> lengths, int room)
    {
        var rows = new List<List<int>>();
        var byRoom = new SortedDictionary<int, Queue<List<int>>>();
        var rooms = new SortedSet<int>();
        foreach (var index in Enumerable.Range(0, lengths.Count).OrderByDescending(index => lengths[index]))
        {
            var found = rooms.GetViewBetween(lengths[index], room).FirstOrDefault(-1);
            List<int> row;
            if (found < 0) rows.Add(row = []);
            else
            {
                row = byRoom[found].Dequeue();
                if (byRoom[found].Count == 0) rooms.Remove(found);
            }
            row.Add(index);
            var left = (found < 0 ? room : found) - lengths[index];
            if (left == 0) continue;
            if (!byRoom.TryGetValue(left, out var waiting)) byRoom[left] = waiting = new();
            waiting.Enqueue(row);
            rooms.Add(left);
        }
        return [.. rows.Select(row => row.ToArray())];
    }
}
