// A text that fills a slot, with the gender that words around it agree with. Data only.
namespace Majlis.recipes.starter.Grammar;

public readonly record struct Term(string Text, bool IsFeminine = false)
{
    public static implicit operator Term(string text) => new(text);
}
