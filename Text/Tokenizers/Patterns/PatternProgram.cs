// Compiles a parse tree to steps for the matcher: a loop over one set is a single step, and a choice looks at the next
// code point to try only the branches that can begin with it.
namespace Majlis.Text.Tokenizers.Patterns;

enum Step { One, Loop, Choose, Jump, Look, Atomic, At, Done }

/// <summary>One step. Targets are step numbers; sub-programs (look-around, atomic) are inline and end with Done.</summary>
sealed record PatternStep(Step Kind)
{
    public CodePointSet? Set { get; init; }

    public int Least { get; init; }

    public int Most { get; init; }

    public Greed Greed { get; init; }

    /// <summary>The step to continue at: after a sub-program, or by a jump.</summary>
    public int Target { get; set; }

    public bool Negated { get; init; }

    public int? Width { get; init; }

    public Anchor Anchor { get; init; }

    /// <summary>Choose: the branches' first steps, and a bit for each branch that may begin with an ASCII character or kind.</summary>
    public int[] Branches { get; init; } = [];

    public uint[] ByAscii { get; init; } = [];

    public uint[] ByKind { get; init; } = [];

    public uint AtEnd { get; init; }
}

sealed class PatternProgram
{
    const int MaxSteps = 20_000;
    const int MaxBranches = 32;

    readonly List<PatternStep> steps = [];
    readonly string pattern;

    public PatternProgram(string pattern)
    {
        this.pattern = pattern;
        var tree = PatternParser.Parse(pattern);
        Begins = PatternShape.Begins(tree);
        Emit(tree);
        steps.Add(new PatternStep(Step.Done));
        Steps = [.. steps];
    }

    public PatternStep[] Steps { get; }

    public Beginnings Begins { get; }

    void Emit(PatternNode node)
    {
        if (steps.Count > MaxSteps) throw new ModelFormatException($"the pattern {pattern} is too large (over {MaxSteps} steps).");
        switch (node)
        {
            case OneNode one: steps.Add(new PatternStep(Step.One) { Set = one.Set }); break;
            case SequenceNode sequence: foreach (var part in sequence.Parts) Emit(part); break;
            case ChoiceNode choice: EmitChoice(choice.Branches); break;
            case RepeatNode { Body: OneNode one } repeat: EmitLoop(one, repeat); break;
            case RepeatNode { Greed: Greed.Possessive } repeat: Emit(new AtomicNode(repeat with { Greed = Greed.Greedy })); break;
            case RepeatNode repeat: EmitRepeat(repeat); break;
            case LookNode look: EmitInline(look.Body, new PatternStep(Step.Look) { Negated = look.Negated, Width = look.Width }); break;
            case AtomicNode atomic: EmitInline(atomic.Body, new PatternStep(Step.Atomic)); break;
            case AnchorNode anchor: steps.Add(new PatternStep(Step.At) { Anchor = anchor.Anchor }); break;
        }
    }

    void EmitLoop(OneNode one, RepeatNode repeat) => steps.Add(new PatternStep(Step.Loop)
    {
        Set = one.Set,
        Least = repeat.Least,
        Most = repeat.Most,
        Greed = repeat.Greed,
    });

    void EmitInline(PatternNode body, PatternStep step)
    {
        steps.Add(step);
        Emit(body);
        steps.Add(new PatternStep(Step.Done));
        step.Target = steps.Count;
    }

    void EmitRepeat(RepeatNode repeat)
    {
        if (PatternShape.CanBeEmpty(repeat.Body))
            throw new ModelFormatException($"the pattern {pattern} repeats a group that can be empty, which is not supported.");
        for (var i = 0; i < repeat.Least; i++) Emit(repeat.Body);
        if (repeat.Most == int.MaxValue) EmitStar(repeat);
        else EmitOptional(repeat, repeat.Most - repeat.Least);
    }

    // Again: choose(body..., jump Again) or continue.
    void EmitStar(RepeatNode repeat)
    {
        var again = steps.Count;
        var branches = new int[2];
        AddFork(repeat, branches);
        steps.Add(new PatternStep(Step.Jump) { Target = again });
        branches[repeat.Greed == Greed.Lazy ? 0 : 1] = steps.Count;
    }

    void EmitOptional(RepeatNode repeat, int times)
    {
        List<int[]> forks = [];
        for (var i = 0; i < times; i++)
        {
            forks.Add(new int[2]);
            AddFork(repeat, forks[^1]);
        }
        foreach (var fork in forks) fork[repeat.Greed == Greed.Lazy ? 0 : 1] = steps.Count;
    }

    void AddFork(RepeatNode repeat, int[] branches)
    {
        var begins = PatternShape.Begins(repeat.Body);
        var inside = repeat.Greed == Greed.Lazy ? 1 : 0;
        steps.Add(Chooser(branches, inside == 0 ? [begins, Beginnings.Anything] : [Beginnings.Anything, begins], inside == 0 ? 2u : 1u));
        branches[inside] = steps.Count;
        Emit(repeat.Body);
    }

    void EmitChoice(IReadOnlyList<PatternNode> branches)
    {
        if (branches.Count > MaxBranches)
            branches = [.. branches.Take(MaxBranches - 1), new ChoiceNode([.. branches.Skip(MaxBranches - 1)])];
        var begins = branches.Select(PatternShape.Begins).ToList();
        var atEnd = branches.Select((branch, i) => PatternShape.CanBeEmpty(branch) ? 1u << i : 0).Aggregate((a, b) => a | b);
        var starts = new int[branches.Count];
        steps.Add(Chooser(starts, begins, atEnd));
        List<PatternStep> jumps = [];
        for (var i = 0; i < branches.Count; i++)
        {
            starts[i] = steps.Count;
            Emit(branches[i]);
            jumps.Add(new PatternStep(Step.Jump));
            steps.Add(jumps[^1]);
        }
        foreach (var jump in jumps) jump.Target = steps.Count;
    }

    static PatternStep Chooser(int[] branches, IReadOnlyList<Beginnings> begins, uint atEnd) => new(Step.Choose)
    {
        Branches = branches,
        ByAscii = [.. Enumerable.Range(0, 128).Select(i => Bits(begins, begin => begin.Allows(i)))],
        ByKind = [.. Enumerable.Range(0, 31).Select(kind => Bits(begins, begin => begin.AllowsKind(kind)))],
        AtEnd = atEnd,
    };

    static uint Bits(IReadOnlyList<Beginnings> begins, Func<Beginnings, bool> allows) =>
        begins.Select((begin, i) => allows(begin) ? 1u << i : 0).Aggregate((a, b) => a | b);
}
