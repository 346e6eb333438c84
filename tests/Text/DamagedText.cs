// Random damage to a text: parts dropped, doubled, or replaced by other parts of it. The same seed gives the same damage.
namespace Majlis.tests.Text;

sealed class DamagedText(ulong seed)
{
    static readonly string[] fragments = ["{%", "%}", "{{", "}}", "-", "|", "(", ")", "[", "]", "if ", "else", "endfor", "for x in ",
        "loop", "*", "**", ".", "'", "\"", "9", "none", "{#", "#}", " is ", "~", "%", "//", "\\", "\ud83d", "set "];

    ulong state = seed;

    int Next(int below)
    {
        state = state * 6364136223846793005 + 1442695040888963407;
        return (int)((state >> 33) % (ulong)Math.Max(1, below));
    }

    public string Damage(string text)
    {
        for (var count = 1 + Next(6); count > 0; count--)
        {
            var at = Next(text.Length);
            var length = Math.Min(Next(12), text.Length - at);
            text = Next(4) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, fragments[Next(fragments.Length)]),
                2 => text.Insert(at, text.Substring(at, length)),
                _ => text.Remove(at, length).Insert(at, fragments[Next(fragments.Length)]),
            };
        }
        return text;
    }
}
