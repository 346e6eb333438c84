// Questions to be answered from given documents with a citation, and questions that the documents do not answer.
using Majlis.recipes.starter.Checks;
using Majlis.recipes.starter.Grammar;
using Majlis.recipes.starter.Words;

namespace Majlis.recipes.starter.Kinds.Documents;

public sealed class DocumentTask : ITaskKind
{
    /// <summary>The usual share of items whose documents do not answer them.</summary>
    public const double Unanswerable = 0.2;

    // Of ten. Where documents differ in kind, the kind of an answer gives the value away, and training learns nothing else.
    const int AlikeInTraining = 8, AlikeHeldOut = 6;

    readonly Language language;
    readonly FollowUps? followUps;
    readonly double unanswerable;
    readonly List<Relation> relations;
    readonly DocumentWriter writer;
    readonly QuestionFrames frames;
    readonly GroundedAnswers answers;
    readonly Refusals refusals;

    /// <param name="language">Of documents and questions.</param>
    /// <param name="split">Whose wordings and names.</param>
    /// <param name="followUps">Questions before the item's own; null for none.</param>
    /// <param name="unanswerable">The share of items whose documents do not answer them.</param>
    public DocumentTask(Language language, Split split, FollowUps? followUps = null, double unanswerable = Unanswerable)
    {
        (this.language, this.followUps, this.unanswerable) = (language, followUps, unanswerable);
        var world = new World(language, split);
        relations = Relation.All(language, split);
        writer = new DocumentWriter(relations, world, split == Split.Training ? AlikeInTraining : AlikeHeldOut);
        frames = new QuestionFrames(language, split);
        answers = new GroundedAnswers(language, world.Closed("ordinal"));
        refusals = new Refusals(language);
    }

    public string Name => "documents";

    public Item Make(Chance chance)
    {
        var relation = chance.Pick(relations);
        var told = writer.Write(relation, chance);
        var documents = told.Select(document => document.Passage).ToList();
        var item = chance.Happens(unanswerable) ? Unsaid(relation, told, documents, chance) : Said(told, documents, chance);
        return followUps is not null && chance.Happens(followUps.Share)
            ? item with { History = Earlier(followUps, relation, told, item, chance) } : item;
    }

    Item Said(List<Told> told, List<Passage> documents, Chance chance)
    {
        var document = chance.Below(told.Count);
        var fact = chance.Pick(told[document].Facts);
        var others = told.Where((_, index) => index != document).SelectMany(other => other.Facts)
            .Select(other => other.Value.Text).Where(value => !Texts.HasWords(fact.Value.Text, value)).ToList();
        return new Item(Name, language, frames.Ask(fact.Relation, fact.Subject, chance), documents,
            GroundedAnswers.Brief(fact, document, chance), answers.Elaborate(fact, told[document], document, chance),
            new CitedCheck(fact.Value.Text, document, others), Wrong(fact, document, told, chance));
    }

    // Another document's number, another document's value, no citation, a refusal.
    List<string> Wrong(Fact fact, int document, List<Told> told, Chance chance)
    {
        var wrong = new List<string> { refusals.Brief(chance) };
        wrong.Add(Citations.Without(GroundedAnswers.Sentence(fact, document, chance)));
        if (told.Count == 1) return wrong;
        var other = (document + chance.Between(1, told.Count - 1)) % told.Count;
        wrong.Add(GroundedAnswers.Sentence(fact, other, chance));
        var value = told[other].Facts[0].Value;
        if (value.Text != fact.Value.Text) wrong.Add(GroundedAnswers.Sentence(fact with { Value = value }, other, chance));
        return wrong;
    }

    // Nobody spoke of the subject, or nobody said this of it.
    Item Unsaid(Relation relation, List<Told> told, IReadOnlyList<Passage> documents, Chance chance)
    {
        var document = chance.Below(told.Count);
        var known = told[document];
        var group = relation.Groups.Find(group => writer.Of(group).Contains(known.Facts[0].Relation)) ?? relation.Groups[0];
        var missing = writer.Of(group).FindAll(other => known.Facts.All(fact => fact.Relation != other));
        var isKnown = known.Facts[0].Relation.Groups.Contains(group) && missing.Count > 0 && chance.Happens(0.5);
        var asked = isKnown ? chance.Pick(missing) : relation;
        var taken = told.SelectMany(other => other.Facts).Select(fact => fact.Subject.Text).ToHashSet();
        var subject = isKnown ? known.Facts[0].Subject : writer.FreshSubject(group, taken, chance);
        var np = asked.Np.Fill(chance, new Fact(asked, subject, "").Slots(""));
        var other = known.Facts[0];
        return new Item(Name, language, frames.Ask(asked, subject, chance), documents, refusals.Brief(chance),
            refusals.Elaborate(np, other.Relation.Np.Fill(chance, other.Slots("")), chance), new UnanswerableCheck(),
            [GroundedAnswers.Sentence(other with { Subject = subject }, document, chance)]);
    }

    // About other facts than the item's own, where there are any.
    List<string> Earlier(FollowUps wanted, Relation relation, List<Told> told, Item item, Chance chance)
    {
        var own = (item.Check as CitedCheck)?.Value;
        var facts = told.Index().SelectMany(document => document.Item.Facts.Select(fact => (document.Index, Fact: fact)))
            .Where(other => other.Fact.Value.Text != own).ToList();
        return [.. chance.Shuffled(facts).Take(chance.Between(1, wanted.Most)).SelectMany(other =>
            chance.Happens(wanted.Unanswerable) ? Refused(relation, told, item, chance) :
            [
                frames.Ask(other.Fact.Relation, other.Fact.Subject, chance),
                chance.Happens(0.5) ? GroundedAnswers.Brief(other.Fact, other.Index, chance)
                    : answers.Elaborate(other.Fact, told[other.Index], other.Index, chance),
            ])];
    }

    string[] Refused(Relation relation, List<Told> told, Item item, Chance chance)
    {
        var unsaid = Unsaid(relation, told, item.Documents, chance);
        return [unsaid.Question, chance.Happens(0.5) ? unsaid.Brief : unsaid.Elaborate];
    }
}
