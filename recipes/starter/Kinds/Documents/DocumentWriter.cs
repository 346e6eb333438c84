// Writes one to five short documents with facts of one relation and others beside it: no subject and no value twice. Knows no questions.
using Majlis.recipes.starter.Grammar;
using Majlis.recipes.starter.Words;

namespace Majlis.recipes.starter.Kinds.Documents;

/// <param name="relations">All there are.</param>
/// <param name="world">Subjects and values.</param>
/// <param name="alike">Of ten further documents as many tell the first one's relation of another subject; half of the others stay with its
/// group.</param>
public sealed class DocumentWriter(List<Relation> relations, World world, int alike)
{
    const double SecondFact = 0.25;
    const double Titled = 0.2;

    static readonly int[] counts = [1, 2, 2, 2, 2, 3, 3, 3, 4, 5];

    /// <summary>Documents in random order; the first relation's subject is in one of them, whichever it is.</summary>
    public List<Told> Write(Relation relation, Chance chance)
    {
        var group = chance.Pick(relation.Groups);
        var (taken, titled) = (new HashSet<string>(), chance.Happens(Titled));
        var told = new List<Told> { About(relation, group, taken, titled, chance) };
        for (var left = chance.Pick(counts) - 1; left > 0; left--)
        {
            var draw = chance.Below(10);
            var ofGroup = draw < (10 + alike) / 2;
            var other = draw < alike ? relation : chance.Pick(ofGroup ? Of(group) : relations);
            told.Add(About(other, ofGroup ? group : chance.Pick(other.Groups), taken, titled, chance));
        }
        return chance.Shuffled(told);
    }

    /// <summary>The relations that a group's subjects can have.</summary>
    public List<Relation> Of(string group) => relations.FindAll(relation => relation.Groups.Contains(group));

    /// <summary>A subject of a group that is not among the taken texts.</summary>
    public Term FreshSubject(string group, HashSet<string> taken, Chance chance)
    {
        while (true)
            if (world.Subject(group, chance) is var subject && taken.Add(subject.Text)) return subject;
    }

    Told About(Relation relation, string group, HashSet<string> taken, bool titled, Chance chance)
    {
        var subject = FreshSubject(group, taken, chance);
        var facts = new List<Fact> { Draw(relation, subject, taken, chance) };
        var text = Wording.Sentence(chance.Pick(relation.Say).Fill(chance, facts[0].Slots(facts[0].Value.Text)));
        var others = Of(group).FindAll(other => other != relation && other.Value != relation.Value);
        if (others.Count > 0 && chance.Happens(SecondFact))
        {
            var second = Draw(chance.Pick(others), subject, taken, chance);
            facts.Add(second);
            text += " " + Wording.Sentence(second.Relation.It.Fill(chance, second.Slots(second.Value.Text)));
        }
        return new Told(new Passage(titled ? Wording.Sentence(subject.Text) : null, text), facts);
    }

    // Closed lists are short, so a value may stand twice there after some tries; names and numbers never do.
    Fact Draw(Relation relation, Term subject, HashSet<string> taken, Chance chance)
    {
        var value = world.Value(relation.Value, subject, chance);
        for (var tries = 0; tries < 50 && !taken.Add(value.Text); tries++) value = world.Value(relation.Value, subject, chance);
        return new Fact(relation, subject, value);
    }
}
